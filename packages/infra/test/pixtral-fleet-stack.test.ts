import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { STACK_OUTPUTS } from '../src/outputs.ts';
import { synthesise } from './synthesise.ts';

let template: Template;
let text: string;
beforeAll(() => {
  template = synthesise({});
  text = JSON.stringify(template.toJSON());
});

describe('instances', () => {
  it('give their credentials to nothing one hop away, and encrypt their disk', () => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        BlockDeviceMappings: [{ Ebs: { Encrypted: true, VolumeType: 'gp3' } }],
      },
    });
  });

  it('wait in hooks of the group itself: those of their own come too late for the first ones', () => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      LifecycleHookSpecificationList: [
        Match.objectLike({ LifecycleHookName: 'pixtral-ready', DefaultResult: 'ABANDON' }),
        Match.objectLike({ LifecycleHookName: 'pixtral-drain', DefaultResult: 'CONTINUE' }),
      ],
    });
    template.resourceCountIs('AWS::AutoScaling::LifecycleHook', 0);
  });

  it('are replaced when EC2 or their agent says so: the balancer does not wait for a restart', () => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      HealthCheckType: Match.not(Match.stringLikeRegexp('ELB')),
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['autoscaling:SetInstanceHealth']),
            Condition: { StringEquals: { 'autoscaling:ResourceTag/pixtral-fleet:stack': 'PixtralFleet' } },
          }),
        ]),
      },
    });
  });

  it('are of the configured types, in their order', () => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          Overrides: ['g5.2xlarge', 'g6.2xlarge', 'g5.4xlarge', 'g6e.2xlarge'].map((InstanceType) => ({
            InstanceType,
          })),
        },
      },
    });
  });

  it('may do nothing to everything', () => {
    for (const policy of Object.values(template.findResources('AWS::IAM::Policy'))) {
      for (const statement of policy.Properties.PolicyDocument.Statement)
        expect(statement.Action).not.toBe('*');
    }
  });
});

describe('verification', () => {
  it('runs again whenever an instance would be another one', () => {
    template.hasResourceProperties('Custom::PixtralVerification', {
      launchTemplateVersion: { 'Fn::GetAtt': [Match.anyValue(), 'LatestVersionNumber'] },
    });
  });
});

describe('the template', () => {
  it('has every output that is read of it', () => {
    expect(Object.keys(template.toJSON().Outputs).toSorted()).toEqual([...STACK_OUTPUTS].toSorted());
  });

  it('is the same when made again', () => {
    expect(JSON.stringify(synthesise({}).toJSON())).toBe(text);
  });

  it('takes another number of instances from the context', () => {
    synthesise({}, { desiredInstances: 6 }).hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      DesiredCapacity: '6',
      MaxSize: '6',
    });
    expect(() => synthesise({}, { desiredInstances: 0 })).toThrow(
      'desiredInstances must be a whole number from 1, got 0',
    );
  });

  it('takes another checkpoint from the context', () => {
    const small = JSON.stringify(synthesise({}, { checkpoint: 'nano' }).toJSON());
    expect(small).toContain('models/pixtral-fleet/nano/main/');
    expect(small).toContain('--config-format');
    expect(text).not.toContain('--config-format');
  });
});
