import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../src/config/index.ts';
import { describeSecurityRules } from './security-rules.ts';
import { synthesise, synthesiseWithWarnings } from './synthesise.ts';

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';
const JWT = {
  issuer: 'https://login.example.com/tenant',
  jwksUrl: 'https://login.example.com/tenant/keys',
  audience: 'pixtral',
};
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

describe('with tokens', () => {
  const template = synthesise({
    network: { mode: 'nat', certificateArn: CERTIFICATE },
    security: { jwt: JWT },
  });
  const listenerAt = (port: number) =>
    Object.keys(template.findResources(LISTENER, { Properties: { Port: port } }));

  it('clients get to instances by one that the load balancer has checked, for this audience', () => {
    const [https] = listenerAt(443);
    template.hasResourceProperties(RULE, {
      ListenerArn: { Ref: https },
      Actions: [
        {
          Order: 1,
          Type: 'jwt-validation',
          JwtValidationConfig: {
            Issuer: JWT.issuer,
            JwksEndpoint: JWT.jwksUrl,
            AdditionalClaims: [{ Name: 'aud', Format: 'single-string', Values: ['pixtral'] }],
          },
        },
        { Order: 2, Type: 'forward' },
      ],
    });
    template.resourceCountIs(RULE, 2);
  });

  it('the own Lambdas get there without, by a port that is open to their group alone', () => {
    const [own] = listenerAt(8443);
    template.hasResourceProperties(LISTENER, { Port: 8443, Protocol: 'HTTPS' });
    template.hasResourceProperties(RULE, {
      ListenerArn: { Ref: own },
      Actions: [{ Type: 'forward', TargetGroupArn: Match.anyValue() }],
    });
    const rules = describeSecurityRules(template).filter((rule) => rule.includes(' 8443 '));
    expect(rules).toEqual([
      'Pixtral load balancer in 8443 Pixtral verification',
      'Pixtral verification out 8443 Pixtral load balancer',
    ]);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          ENDPOINT_URL: { 'Fn::Join': ['', Match.arrayWith([':8443'])] },
        }),
      },
    });
  });

  it('the load balancer may fetch the public keys', () => {
    expect(describeSecurityRules(template)).toContain('Pixtral load balancer out 443 0.0.0.0/0');
  });
});

it('without tokens there is one listener, and the load balancer reaches instances alone', () => {
  const template = synthesise({ network: { mode: 'nat', certificateArn: CERTIFICATE } });
  template.resourceCountIs(LISTENER, 1);
  expect(describeSecurityRules(template)).not.toContain('Pixtral load balancer out 443 0.0.0.0/0');
  expect(JSON.stringify(template.toJSON())).not.toContain('jwt-validation');
});

describe('tokens', () => {
  it('need HTTPS', () => {
    expect(() => resolveConfig({ security: { jwt: JWT } })).toThrow(
      'security.jwt needs network.certificateArn: a load balancer checks tokens on HTTPS listeners only',
    );
  });

  it.each([
    [
      { jwksUrl: 'http://login.example.com/keys' },
      'security.jwt.jwksUrl: must be an https:// URL with a path',
    ],
    [{ issuer: '' }, 'security.jwt.issuer: must be the claim iss'],
    [{ audience: '' }, 'security.jwt.audience: must be the claim aud'],
  ])('are refused with %j', (change, message) => {
    expect(() =>
      resolveConfig({ network: { certificateArn: CERTIFICATE }, security: { jwt: { ...JWT, ...change } } }),
    ).toThrow(message);
  });

  it('in a network without the internet are warned of', () => {
    const { warnings } = synthesiseWithWarnings({
      network: { certificateArn: CERTIFICATE, domain: { name: 'pixtral.example.com' } },
      security: { jwt: JWT },
    });
    expect(warnings.join()).toContain(
      "security.jwt: the load balancer must reach https://login.example.com/tenant/keys, and network.mode 'isolated' has no way to the internet. If it cannot, every request is refused; use 'nat' or 'existing'",
    );
  });
});
