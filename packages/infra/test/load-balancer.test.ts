import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { describeSecurityRules } from './security-rules.ts';
import { synthesise, synthesiseWithWarnings } from './synthesise.ts';

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';
const ZONE = { name: 'pixtral.internal.example.com', zoneName: 'internal.example.com' };

describe('the load balancer', () => {
  const template = synthesise({});

  it('answers 404 to all but the two paths', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      DefaultActions: [
        {
          Type: 'fixed-response',
          FixedResponseConfig: { StatusCode: '404', ContentType: 'application/json' },
        },
      ],
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: [
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/v1/chat/completions', '/v1/models'] } },
      ],
    });
  });

  it('sends to the instance with the fewest requests, lets them finish, and asks /ready', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      HealthCheckPath: '/ready',
      HealthCheckIntervalSeconds: 5,
      TargetGroupAttributes: Match.arrayWith([
        { Key: 'deregistration_delay.timeout_seconds', Value: '140' },
        { Key: 'load_balancing.algorithm.type', Value: 'least_outstanding_requests' },
      ]),
    });
  });

  it('is plain HTTP without a certificate', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      Protocol: 'HTTP',
      Certificates: Match.absent(),
    });
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    template.hasOutput('EndpointUrl', { Value: { 'Fn::Join': ['', ['http://', Match.anyValue()]] } });
  });
});

describe('timeouts', () => {
  it('are in the balancer and in what the gateway is told', () => {
    const template = synthesise({ drainTimeoutSeconds: 600, network: { idleTimeoutSeconds: 900 } });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'idle_timeout.timeout_seconds', Value: '900' }]),
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '620' }]),
    });
    const userData = JSON.stringify(template.toJSON()).replaceAll('\\', '');
    expect(userData).toContain('"keepAliveSeconds":915');
    expect(userData).toContain('"drainTimeoutSeconds":600');
  });
});

describe('with a certificate', () => {
  const template = synthesise({ network: { certificateArn: CERTIFICATE, domain: ZONE } });

  it('speaks HTTPS with a modern policy, and nothing else', () => {
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: CERTIFICATE }],
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    });
    expect(describeSecurityRules(template)).toContain('Pixtral load balancer in 443 vpc');
    expect(describeSecurityRules(template).join()).not.toContain(' 80 ');
  });

  it('has its name in a zone of the VPC, and as endpoint', () => {
    template.hasResourceProperties('AWS::Route53::HostedZone', {
      Name: 'internal.example.com.',
      VPCs: [Match.objectLike({ VPCRegion: 'us-east-1' })],
    });
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'pixtral.internal.example.com.',
      Type: 'A',
      AliasTarget: Match.objectLike({ DNSName: Match.anyValue() }),
    });
    template.hasOutput('EndpointUrl', { Value: 'https://pixtral.internal.example.com' });
    template.hasOutput('TunnelCommand', {
      Value: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('"portNumber":\\["443"\\]')])] },
    });
  });

  it('is verified by that name', () => {
    expect(verificationOf(template)).toMatchObject({ ENDPOINT_URL: 'https://pixtral.internal.example.com' });
    expect(verificationOf(template)).not.toHaveProperty('CERTIFICATE_NAME');
  });
});

describe('a name', () => {
  it('goes into a zone that is there already', () => {
    const template = synthesise({ network: { domain: { ...ZONE, zoneId: 'Z0123456789ABC' } } });
    template.resourceCountIs('AWS::Route53::HostedZone', 0);
    template.hasResourceProperties('AWS::Route53::RecordSet', { HostedZoneId: 'Z0123456789ABC' });
    template.hasOutput('EndpointUrl', { Value: 'http://pixtral.internal.example.com' });
  });

  it('of a DNS elsewhere makes no record, and is expected of the certificate all the same', () => {
    const template = synthesise({
      network: { certificateArn: CERTIFICATE, domain: { name: 'pixtral.bank.example' } },
    });
    for (const type of ['HostedZone', 'RecordSet']) template.resourceCountIs(`AWS::Route53::${type}`, 0);
    template.hasOutput('EndpointUrl', { Value: 'https://pixtral.bank.example' });
    expect(verificationOf(template)).toMatchObject({
      ENDPOINT_URL: { 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [expect.any(String), 'DNSName'] }]] },
      CERTIFICATE_NAME: 'pixtral.bank.example',
    });
  });

  it('that is missing beside a certificate is warned of, and leaves the issuer to be checked', () => {
    const { template, warnings } = synthesiseWithWarnings({ network: { certificateArn: CERTIFICATE } });
    expect(verificationOf(template)).toMatchObject({ CERTIFICATE_NAME: '*' });
    expect(warnings.join()).toContain('clients must use a name of the certificate');
  });
});

function verificationOf(template: Template): Record<string, unknown> {
  const [handler] = Object.values(
    template.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { ENDPOINT_URL: Match.anyValue() } } },
    }),
  );
  return handler?.Properties.Environment.Variables;
}
