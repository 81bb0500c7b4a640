import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../src/config/index.ts';
import { synthesise } from './synthesise.ts';

const buckets = [
  { name: 'my-pictures', prefix: 'uploads/', owner: '210987654321' },
  { name: 'open-pictures' },
];

describe('pictures by URL', () => {
  it('are off, and instances are told nothing of them', () => {
    expect(JSON.stringify(synthesise().toJSON())).not.toContain('redirects');
  });

  it('are fetched from the hosts that the config names', () => {
    const template = synthesise({
      network: { mode: 'nat' },
      gateway: { pictureUrls: { hosts: ['pictures.example.com'] } },
    });
    const written = JSON.stringify(template.findResources('AWS::EC2::LaunchTemplate')).replaceAll('\\', '');
    expect(written).toContain(
      '"pictures":{"hosts":["pictures.example.com"],"redirects":0,"timeoutSeconds":10,"buckets":[]}',
    );
  });

  it('are refused where there is no way to them', () => {
    expect(() => resolveConfig({ gateway: { pictureUrls: { hosts: ['pictures.example.com'] } } })).toThrow(
      "gateway.pictureUrls needs a way to the internet, and network.mode 'isolated' has none: use 'nat' or 'existing', or put the pictures into gateway.pictureBuckets",
    );
  });

  it.each([
    ['169.254.169.254', 'must be a DNS name'],
    ['localhost', 'must be a DNS name'],
    ['Pictures.example.com', 'must be a DNS name'],
    ['*.example.com', 'must be a DNS name'],
    ['https://pictures.example.com', 'must be a DNS name'],
    ['pictures.example.com.', 'must be a DNS name'],
    ['2130706433', 'must be a DNS name'],
  ])('may not be at %s', (host, message) => {
    const gateway = { pictureUrls: { hosts: [host] } };
    expect(() => resolveConfig({ network: { mode: 'nat' }, gateway })).toThrow(message);
  });
});

describe('pictures in buckets', () => {
  const template = synthesise({ gateway: { pictureBuckets: buckets } });
  const read = (index: number, arn: string, owner?: string) =>
    Match.objectLike({
      Sid: `ReadPictures${index}`,
      Action: 's3:GetObject',
      Effect: 'Allow',
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${arn}`]] },
      ...(owner ? { Condition: { StringEquals: { 's3:ResourceAccount': owner } } } : {}),
    });
  const statements = [read(0, 'my-pictures/uploads/*', '210987654321'), read(1, 'open-pictures/*')];

  it('may be read by instances, and by no other role', () => {
    const policies = Object.values(
      template.findResources('AWS::IAM::Policy', {
        Properties: {
          PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Sid: 'ReadPictures0' })]) },
        },
      }),
    );
    expect(policies).toHaveLength(1);
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('InstanceRole') }],
      PolicyDocument: { Statement: Match.arrayWith(statements) },
    });
  });

  it('pass the endpoint of an isolated network, which keeps other accounts out', () => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      PolicyDocument: { Statement: Match.arrayWith(statements) },
    });
  });

  it('are told to instances', () => {
    const written = JSON.stringify(template.findResources('AWS::EC2::LaunchTemplate')).replaceAll('\\', '');
    expect(written).toContain(`"buckets":${JSON.stringify(buckets)}`);
  });

  it.each([
    [[{ name: 's3://x' }], 'must be the name of a bucket, without s3://'],
    [[{ name: 'my-pictures', owner: 'me' }], 'must be an account id of 12 digits'],
    [[{ name: 'my-pictures', prefix: '*' }], 'must be the beginning of keys'],
    [[{ name: 'my-pictures' }, { name: 'my-pictures' }], 'must not name a bucket twice'],
  ])('may not be %j', (pictureBuckets, message) => {
    expect(() => resolveConfig({ gateway: { pictureBuckets } })).toThrow(message);
  });
});

describe('pictures made anew', () => {
  const launchTemplates = (config: Parameters<typeof synthesise>[0]) =>
    JSON.stringify(synthesise(config).findResources('AWS::EC2::LaunchTemplate')).replaceAll('\\', '');

  it('are off, and instances fetch no decoders', () => {
    expect(launchTemplates({})).not.toContain('"normalize"');
  });

  it('are made by as many processes as the config says', () => {
    const written = launchTemplates({ gateway: { normalizePictures: { workers: 3 } } });
    expect(written).toContain('"normalize":{"workers":3,"timeoutSeconds":5}');
    // Another archive, and so another key of it.
    expect(written).not.toEqual(launchTemplates({}));
  });
});
