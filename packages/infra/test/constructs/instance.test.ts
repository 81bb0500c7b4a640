import { Match } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { synthesise } from '../synthesise.ts';

const TEMPLATE = 'AWS::EC2::LaunchTemplate';

it('is made of the image that AWS named at the first synth, with a root volume of 120 GiB', () => {
  synthesise().hasResourceProperties(TEMPLATE, {
    LaunchTemplateData: {
      ImageId: 'ami-0123456789abcdef0',
      BlockDeviceMappings: [
        { DeviceName: '/dev/sda1', Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: 120 } },
      ],
    },
  });
});

it('is made of an image and a disk of your own', () => {
  const template = synthesise({ instance: { amiId: 'ami-0fedcba9876543210', rootVolumeGiB: 300 } });
  template.hasResourceProperties(TEMPLATE, {
    LaunchTemplateData: {
      ImageId: 'ami-0fedcba9876543210',
      BlockDeviceMappings: [{ Ebs: { VolumeSize: 300, Encrypted: true } }],
    },
  });
  expect(JSON.stringify(template.toJSON())).not.toContain('ami-0123456789abcdef0');
});

it('is reached by Session Manager, by no key of SSH and through no port of it', () => {
  const template = synthesise();
  template.hasResourceProperties(TEMPLATE, {
    LaunchTemplateData: { KeyName: Match.absent(), MetadataOptions: { HttpTokens: 'required' } },
  });
  expect(JSON.stringify(template.findResources('AWS::EC2::SecurityGroup'))).not.toMatch(/"FromPort":22\b/);
  expect(JSON.stringify(template.findResources('AWS::EC2::SecurityGroupIngress'))).not.toMatch(
    /"FromPort":22\b/,
  );
  expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).toContain('AmazonSSMManagedInstanceCore');
});
