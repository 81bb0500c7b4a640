import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainLaunchFailure } from '../src/index.ts';

/** Status messages of scaling activities, as AWS words them. */
const QUOTA =
  'Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your current ' +
  'vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to. Please visit ' +
  'http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching EC2 instance failed.';
const CAPACITY =
  'Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient g5.2xlarge ' +
  'capacity in the Availability Zone you requested (us-east-1a). Our system will be working on provisioning ' +
  'additional capacity. Launching EC2 instance failed.';
const ZONE =
  'Could not launch On-Demand Instances. Unsupported - Your requested instance type (g5.2xlarge) is not supported in ' +
  'your requested Availability Zone (us-east-1e). Please retry your request by not specifying an Availability Zone or ' +
  'choosing us-east-1a, us-east-1b. Launching EC2 instance failed.';

describe('a launch that EC2 refused', () => {
  it('for want of quota names the quota, its size and the request for more; waiting does not help', () => {
    expect(explainLaunchFailure(QUOTA)).toMatchObject({
      kind: 'quota',
      cause: "the account's quota for G instances (0 vCPUs) has no room for another one",
      remedy: expect.stringContaining('--quota-code L-DB2E81BA'),
      mayPass: false,
    });
    expect(explainLaunchFailure('VcpuLimitExceeded').cause).toContain('quota for G instances (in vCPUs)');
  });

  it('for want of Spot quota names the other quota', () => {
    expect(explainLaunchFailure('Max spot instance count exceeded')).toMatchObject({
      kind: 'spot-quota',
      remedy: expect.stringContaining('--quota-code L-3819A6DF'),
      mayPass: false,
    });
  });

  it('for want of capacity names type and zone, and may pass', () => {
    expect(explainLaunchFailure(CAPACITY)).toMatchObject({
      kind: 'capacity',
      cause: 'AWS has no g5.2xlarge left in us-east-1a',
      mayPass: true,
    });
  });

  it('in a zone without the type names both', () => {
    expect(explainLaunchFailure(ZONE)).toMatchObject({
      kind: 'zone',
      cause: 'us-east-1e does not offer g5.2xlarge',
      mayPass: false,
    });
  });

  it('for a reason that is not known passes on the words', () => {
    expect(explainLaunchFailure('Something  new\nhappened.')).toMatchObject({
      kind: 'other',
      cause: 'Something new happened',
    });
    expect(explainLaunchFailure('').cause).toBe('EC2 gave no reason');
  });

  it('always has a cause and a remedy on one line, without a full stop', () => {
    fc.assert(
      fc.property(fc.string(), (message) => {
        const { cause, remedy } = explainLaunchFailure(message);
        for (const sentence of [cause, remedy]) expect(sentence).toMatch(/^[^\n]+$/);
        expect(remedy.endsWith('.')).toBe(false);
      }),
    );
  });
});
