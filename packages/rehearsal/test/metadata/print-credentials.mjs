// Prints what an AWS SDK client finds by its default credential chain in this environment.
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';

const client = new ElasticLoadBalancingV2Client({ region: 'us-east-1' });
const { accessKeyId, secretAccessKey, sessionToken, expiration } = await client.config.credentials();
console.log(JSON.stringify({ accessKeyId, secretAccessKey, sessionToken, expiration }));
