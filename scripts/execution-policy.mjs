// Whether docs/iam/cloudformation-execution.json allows what CloudFormation calls for the resources of our templates.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Actions that AWS's schemas list for properties that no template of ours sets. */
const NOT_CALLED = [
  // Gateway load balancers, IPAM pools, other ways of attaching a VPC, service networks, capacity blocks and reservations.
  /^ec2:(AcceptAddressTransfer|DescribeIpamPools|ModifyVpcTenancy|.*VpnGateway.*|.*VpcEncryptionControls?|Get\*)$/,
  /^ec2:(As|Disas|Unas)s(ign|ociate)(PrivateNatGatewayAddress|NatGatewayAddress|SubnetCidrBlock)$/,
  /^(vpc-lattice|vpce|managed-fleets|ssm|elasticfilesystem|s3files|cognito-idp|firehose):/,
  // Bucket features that are off: tables, replication, inventory, access control lists, websites.
  /^(s3tables:|s3:(.*Table.*|Put.*Acl|.*ReplicationConfiguration|.*Inventory.*|.*BucketAbac|REST\.PUT\.OBJECT|ListAllMyBuckets))/,
  /^s3:(GetObjectVersion|GetObject|DeleteObject)$/,
  // Inline policies of users and groups, and listings that only imports need.
  /^iam:(.*(User|Group)Policy|ListInstanceProfiles|ListRoles)$/,
  /^lambda:PassCapacityProvider$/,
  // Notices of budgets by e-mail name no topic of others.
  /^logs:PutBearerTokenAuthentication$/,
];

/**
 * Actions that are needed and not allowed, each with the resource type that needs it. Resources and conditions of the
 * policy are not looked at: only an account can tell whether they are right.
 * @param {{ templates: string[], schemas: string, policy: string }} files templates; cfn-lint's folder of AWS's schemas
 */
export function findMissingActions({ templates, schemas, policy }) {
  const allowed = readAllowed(policy);
  const types = new Set(
    templates.flatMap((file) => Object.values(read(file).Resources).map(({ Type }) => Type)),
  );
  const index = read(join(schemas, 'providers', 'us-east-1.json'));
  const missing = new Map();
  for (const type of types) {
    if (type.startsWith('Custom::')) continue;
    const { handlers = {} } = read(join(schemas, 'resources', `${index[type]}.json`));
    for (const action of Object.values(handlers).flatMap(({ permissions = [] }) => permissions)) {
      if (NOT_CALLED.some((pattern) => pattern.test(action)) || allowed.some((test) => test(action)))
        continue;
      missing.set(action, type);
    }
  }
  return [...missing].map(([action, type]) => `${action} (${type})`).sort();
}

/** Where cfn-lint keeps the schemas, in its virtual environment. */
export function schemasOf(programs) {
  const libraries = join(programs, '..', 'lib');
  const [found] = readdirSync(libraries)
    .map((python) => join(libraries, python, 'site-packages', 'cfnlint', 'data', 'schemas'))
    .filter((folder) => existsSync(folder));
  if (found) return found;
  throw new Error(`cfn-lint has no schemas below ${libraries}: another version keeps them elsewhere`);
}

function readAllowed(policy) {
  const patterns = read(policy)
    .Statement.filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => Action);
  return patterns.map((pattern) => {
    const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '.*');
    const regex = new RegExp(`^${expression}$`, 'i');
    // A schema may itself ask for "Describe*".
    return (action) => regex.test(action);
  });
}

function read(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
