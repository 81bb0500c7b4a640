import { describe, expect, it } from 'vitest';
import { Elbv2Reader } from '../../src/balancer/elbv2-reader.ts';
import { startBalancer } from '../../src/balancer/index.ts';
import { call } from './call.ts';
import {
  type Answers,
  attributes,
  condition,
  DNS_NAME,
  FORWARD,
  fleetAnswers,
  LOAD_BALANCER_ARN,
  listeners,
  loadBalancer,
  rule,
  rules,
  startElbv2Endpoint,
  TARGET_GROUP_ARN,
  target,
  targetGroups,
} from './elbv2-endpoint.ts';
import { startTarget } from './local-target.ts';

async function read(change: Answers = {}, wanted?: string) {
  return new Elbv2Reader({
    client: await startElbv2Endpoint(fleetAnswers(change)),
    loadBalancer: wanted,
  }).readConfig();
}

describe('the reader of the ELBv2 API', () => {
  it('brings the load balancer with its rules in order and its target group', async () => {
    const config = await read();
    expect(config).toMatchObject({
      arn: LOAD_BALANCER_ARN,
      dnsName: DNS_NAME,
      idleTimeoutSeconds: 300,
      forwardedForMode: 'append',
    });
    expect(
      config?.listener?.rules.map(({ priority, conditions }) => [priority, conditions[0]?.values]),
    ).toEqual([
      [10, ['/v1/chat/*']],
      [20, ['/v1/models']],
    ]);
    expect(config?.listener?.defaultAction).toEqual({
      ...{ type: 'fixed-response', statusCode: 404, contentType: 'application/json', body: '{"error":"no"}' },
    });
    expect(config?.targetGroups.get(TARGET_GROUP_ARN)).toMatchInlineSnapshot(`
      {
        "algorithm": "least_outstanding_requests",
        "arn": "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/fleet/1",
        "deregistrationDelaySeconds": 120,
        "healthCheck": {
          "healthyThreshold": 5,
          "intervalSeconds": 5,
          "matcher": "200",
          "path": "/ready",
          "port": undefined,
          "timeoutSeconds": 4,
          "unhealthyThreshold": 2,
        },
        "minimumHealthyTargets": 1,
        "name": "fleet",
        "port": 8080,
      }
    `);
  });

  it('leaves draining targets out', async () => {
    const reader = new Elbv2Reader({ client: await startElbv2Endpoint(fleetAnswers()) });
    const config = await reader.readConfig();
    if (!config) throw new Error('no load balancer');
    expect(await reader.readTargets(config)).toEqual(
      new Map([[TARGET_GROUP_ARN, [{ id: 'i-1', port: 8080 }]]]),
    );
  });

  it('reads all pages', async () => {
    const config = await read({
      DescribeRules: (parameters) =>
        parameters.get('Marker') === 'more'
          ? rules(rule('default', ''), rule(2, condition('path-pattern', '/b')))
          : `${rules(rule(1, condition('path-pattern', '/a')))}<NextMarker>more</NextMarker>`,
    });
    expect(config?.listener?.rules.map(({ priority }) => priority)).toEqual([1, 2]);
  });

  it('finds nothing while there is no load balancer, and no listener while it has none', async () => {
    expect(await read({ DescribeLoadBalancers: '<LoadBalancers/>' })).toBeUndefined();
    expect((await read({ DescribeListeners: '<Listeners/>' }))?.listener).toBeUndefined();
  });

  it('finds the one meant among several, by ARN or by DNS name in any case, never a network load balancer', async () => {
    const several = {
      DescribeLoadBalancers: `<LoadBalancers>${loadBalancer('arn:nlb', 'nlb', 'network')}${loadBalancer('arn:a', 'a.elb')}${loadBalancer('arn:b', 'B.elb')}</LoadBalancers>`,
    };
    expect((await read(several, 'b.elb'))?.arn).toBe('arn:b');
    expect((await read(several, 'arn:a'))?.arn).toBe('arn:a');
    expect(await read(several, 'arn:nlb')).toBeUndefined();
    await expect(read(several)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[BalancerConfigError: account: holds 2 Application Load Balancers (a.elb, B.elb); say which one is meant by its DNS name or ARN]`,
    );
  });

  it('takes weights of a forward action', async () => {
    const group = (arn: string, weight: number) =>
      `<member><TargetGroupArn>${arn}</TargetGroupArn><Weight>${weight}</Weight></member>`;
    const groups = `<ForwardConfig><TargetGroups>${group(TARGET_GROUP_ARN, 3)}${group('other', 0)}</TargetGroups></ForwardConfig>`;
    const config = await read({
      DescribeRules: rules(rule(1, condition('path-pattern', '/a'), `<Type>forward</Type>${groups}`)),
    });
    expect(config?.listener?.rules[0]?.action).toMatchObject({
      targetGroups: [
        { arn: TARGET_GROUP_ARN, weight: 3 },
        { arn: 'other', weight: 0 },
      ],
    });
  });

  const regex =
    '<member><Field>path-pattern</Field><PathPatternConfig><RegexValues><member>^/a</member></RegexValues></PathPatternConfig></member>';
  it.each<[string, Answers, string]>([
    [
      'an unknown condition',
      { DescribeRules: rules(rule(1, condition('source-ip', '10.0.0.0/8'))) },
      'rule/1: condition "source-ip" is not played by the rehearsal; it knows path-pattern, host-header and http-request-method',
    ],
    [
      'a regular expression',
      { DescribeRules: rules(rule(1, regex)) },
      'rule/1: condition "path-pattern" has regular expressions, which the rehearsal does not play',
    ],
    [
      'an unknown action',
      { DescribeRules: rules(rule(1, condition('path-pattern', '/a'), '<Type>redirect</Type>')) },
      'rule/1: action "redirect" is not played by the rehearsal; it knows forward and fixed-response',
    ],
    [
      'several actions',
      {
        DescribeRules: rules(
          rule(1, condition('path-pattern', '/a'), `${FORWARD}</member><member>${FORWARD}`),
        ),
      },
      'rule/1: has several actions (forward, forward); the rehearsal plays one forward or fixed-response',
    ],
    [
      'a listener below HTTP',
      { DescribeListeners: listeners('TCP') },
      'listener/1: protocol must be HTTP or HTTPS, got TCP',
    ],
    [
      'an idle timeout out of bounds',
      { DescribeLoadBalancerAttributes: attributes({ 'idle_timeout.timeout_seconds': '0' }) },
      `${LOAD_BALANCER_ARN}: idle_timeout.timeout_seconds must be 1 to 4000, got "0"`,
    ],
    [
      'sticky sessions',
      { DescribeTargetGroupAttributes: attributes({ 'stickiness.enabled': 'true' }) },
      `${TARGET_GROUP_ARN}: has sticky sessions, which the rehearsal does not play`,
    ],
    [
      'a matcher that is none',
      { DescribeTargetGroups: targetGroups('<Matcher><HttpCode>ok</HttpCode></Matcher>') },
      `${TARGET_GROUP_ARN}: health check matcher must be like "200", "200,202" or "200-299", got "ok"`,
    ],
    [
      'a health check that outlasts its interval',
      { DescribeTargetGroups: targetGroups('<HealthCheckTimeoutSeconds>9</HealthCheckTimeoutSeconds>') },
      `${TARGET_GROUP_ARN}: health check timeout (9 s) must not be longer than its interval (5 s)`,
    ],
    [
      'Lambda targets',
      { DescribeTargetGroups: targetGroups('<TargetType>lambda</TargetType>') },
      `${TARGET_GROUP_ARN}: target type "lambda" is not played by the rehearsal; it knows instance and ip`,
    ],
  ])('fails on %s', async (_what, change, message) => {
    await expect(read(change)).rejects.toMatchObject({ name: 'BalancerConfigError', message });
  });
});

describe('a balancer on the ELBv2 API', () => {
  it('follows targets that are registered and serves them', async () => {
    const local = await startTarget((request, response) => void response.end(request.url));
    let registered = '';
    const elbv2 = await startElbv2Endpoint(
      fleetAnswers({
        DescribeTargetHealth: () => `<TargetHealthDescriptions>${registered}</TargetHealthDescriptions>`,
      }),
    );
    const balancer = await startBalancer({
      elbv2,
      pollMs: 20,
      resolveTarget: () => ({ host: '127.0.0.1', port: local.port }),
    });
    try {
      registered = target('i-1', 'initial');
      await balancer.ready;
      expect((await call(`${balancer.url}/v1/chat/completions`)).body).toBe('/v1/chat/completions');
      expect(await call(`${balancer.url}/else`)).toMatchObject({ status: 404, body: '{"error":"no"}' });
    } finally {
      await balancer.stop();
    }
  });
});
