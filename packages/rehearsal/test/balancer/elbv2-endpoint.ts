import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { onTestFinished } from 'vitest';

/** What an action answers: the inside of its `…Result` element, for the parameters of the request. */
export type Answers = Record<string, string | ((parameters: URLSearchParams) => string)>;

/** An ELBv2 endpoint of the query protocol (form in, XML out), with an SDK client pointed at it. */
export async function startElbv2Endpoint(answers: Answers): Promise<ElasticLoadBalancingV2Client> {
  const server = createServer(async (request, response) => {
    const parameters = new URLSearchParams((await request.setEncoding('utf8').toArray()).join(''));
    const action = parameters.get('Action') ?? '';
    const answer = answers[action];
    response.setHeader('content-type', 'text/xml');
    if (answer === undefined) {
      response.writeHead(400);
      response.end(
        '<ErrorResponse><Error><Code>InvalidAction</Code><Message>not scripted</Message></Error></ErrorResponse>',
      );
      return;
    }
    const inside = typeof answer === 'string' ? answer : answer(parameters);
    const id = '<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>';
    response.end(`<${action}Response><${action}Result>${inside}</${action}Result>${id}</${action}Response>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new ElasticLoadBalancingV2Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

export const LOAD_BALANCER_ARN =
  'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/fleet/1';
export const DNS_NAME = 'internal-Fleet-1.us-east-1.elb.amazonaws.com';
export const TARGET_GROUP_ARN = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/fleet/1';

/** The fleet's load balancer as the API shows it. */
export function fleetAnswers(change: Answers = {}): Answers {
  return {
    DescribeLoadBalancers: `<LoadBalancers>${loadBalancer(LOAD_BALANCER_ARN, DNS_NAME)}</LoadBalancers>`,
    DescribeLoadBalancerAttributes: attributes({ 'idle_timeout.timeout_seconds': '300' }),
    DescribeListeners: listeners('HTTP'),
    DescribeRules: rules(
      rule(20, condition('path-pattern', '/v1/models')),
      rule(10, condition('path-pattern', '/v1/chat/*')),
    ),
    DescribeTargetGroups: targetGroups('<HealthCheckTimeoutSeconds>4</HealthCheckTimeoutSeconds>'),
    DescribeTargetGroupAttributes: attributes({
      'load_balancing.algorithm.type': 'least_outstanding_requests',
      'deregistration_delay.timeout_seconds': '120',
    }),
    DescribeTargetHealth: `<TargetHealthDescriptions>${target('i-1', 'healthy')}${target('i-2', 'draining')}</TargetHealthDescriptions>`,
    ...change,
  };
}

export function loadBalancer(arn: string, dnsName: string, type = 'application'): string {
  return `<member><LoadBalancerArn>${arn}</LoadBalancerArn><DNSName>${dnsName}</DNSName><Type>${type}</Type></member>`;
}

export function attributes(values: Readonly<Record<string, string>>): string {
  const members = Object.entries(values).map(
    ([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`,
  );
  return `<Attributes>${members.join('')}</Attributes>`;
}

export function listeners(protocol: string): string {
  const fixed =
    '<StatusCode>404</StatusCode><ContentType>application/json</ContentType><MessageBody>{"error":"no"}</MessageBody>';
  const action = `<Type>fixed-response</Type><FixedResponseConfig>${fixed}</FixedResponseConfig>`;
  const inside = `<ListenerArn>listener/1</ListenerArn><Port>80</Port><Protocol>${protocol}</Protocol>`;
  return `<Listeners><member>${inside}<DefaultActions><member>${action}</member></DefaultActions></member></Listeners>`;
}

export const FORWARD: string = `<Type>forward</Type><TargetGroupArn>${TARGET_GROUP_ARN}</TargetGroupArn>`;

export function rule(priority: number | string, conditions: string, action: string = FORWARD): string {
  const inside = `<RuleArn>rule/${priority}</RuleArn><Priority>${priority}</Priority><Conditions>${conditions}</Conditions>`;
  return `<member>${inside}<Actions><member>${action}</member></Actions></member>`;
}

export function rules(...members: readonly string[]): string {
  return `<Rules>${members.join('')}</Rules>`;
}

export function condition(field: string, ...values: readonly string[]): string {
  const members = values.map((value) => `<member>${value}</member>`).join('');
  return `<member><Field>${field}</Field><Values>${members}</Values></member>`;
}

export function targetGroups(inside: string): string {
  const head = `<TargetGroupArn>${TARGET_GROUP_ARN}</TargetGroupArn><TargetGroupName>fleet</TargetGroupName><Protocol>HTTP</Protocol>`;
  const check =
    '<HealthCheckPath>/ready</HealthCheckPath><HealthCheckIntervalSeconds>5</HealthCheckIntervalSeconds>';
  return `<TargetGroups><member>${head}<Port>8080</Port>${check}${inside}</member></TargetGroups>`;
}

export function target(id: string, state: string): string {
  const health = `<TargetHealth><State>${state}</State></TargetHealth>`;
  return `<member><Target><Id>${id}</Id><Port>8080</Port></Target>${health}</member>`;
}
