import type { Mutant } from '../run/options.ts';

/** A failure that can be injected, and what must come of it. */
export interface FailureCase {
  readonly mutant: Mutant;
  /** Whether it breaks an update of a fleet that serves rather than the first deployment. @default false */
  readonly update?: boolean;
  /** What was broken, in words. */
  readonly injected: string;
  /** How the reason that the user sees begins. */
  readonly shows: RegExp;
  readonly remedy: string;
  /** What is otherwise in AWS. @default - nothing that is known */
  readonly atAws?: string;
}

/** Every failure of `docs/failures.md`, in its order. */
export const FAILURE_CASES: readonly FailureCase[] = [
  {
    mutant: 'quota-zero',
    injected: 'The account has a quota of 0 vCPUs for G instances, as new accounts do.',
    shows: /^the account's quota for G instances \(0 vCPUs\)/,
    remedy:
      'Ask for more before you deploy; it takes hours to days. `pixtral doctor` compares quota and need.',
    atAws:
      'Without the verification everything would deploy green, and the group would try again for ever. A group pauses for minutes between refused launches; here it is seconds.',
  },
  {
    mutant: 'no-capacity',
    injected: 'AWS has no capacity left, of any instance type in any zone.',
    shows: /^AWS has no \S+ left in \S+/,
    remedy: 'Name more instance types or zones, reserve capacity, or deploy again later.',
    atAws:
      'Capacity comes and goes, so the verification waits its whole 15 minutes; here that is cut to half a minute.',
  },
  {
    mutant: 'zone-without-type',
    injected: 'No zone of the subnets offers any of the instance types.',
    shows: /^\S+ does not offer \S+/,
    remedy: 'Choose zones that offer a type (`network.availabilityZones`), or other types.',
    atAws: 'A group that has one good zone goes on there; this fails only when no zone is good.',
  },
  {
    mutant: 'ami-missing',
    injected: 'The region has no parameter with the machine image.',
    shows: /SSM parameter|ami-id/,
    remedy:
      'Name an image of your own (`instance.amiId`), or choose a region that has the Deep Learning AMI.',
  },
  {
    mutant: 'secret-missing',
    injected: 'The secret with the API key is deleted while the stack is made.',
    shows: /secret/i,
    remedy: 'Deploy again after the rollback: the stack makes a new secret. Never delete it by hand.',
  },
  {
    mutant: 'gated-model',
    injected: 'The model hub wants a token, and none was given.',
    shows: /token/i,
    remedy: 'Accept the terms of the checkpoint, then `pixtral secret set-hf-token`, and deploy again.',
  },
  {
    mutant: 'corrupt-download',
    injected: 'The model hub sends a wrong byte to the build that fills the bucket.',
    shows: /SHA-256|hash|differs/i,
    remedy:
      'Deploy again; when it stays so, see what stands between the build and the hub (a proxy, a mirror).',
  },
  {
    mutant: 'corrupt-file',
    injected: 'One bit of the weights in the bucket is turned over after their hashes were taken.',
    shows: /differs from|SHA-256|hash/i,
    remedy: 'Fill the bucket again; the instance refuses files that differ from the manifest.',
  },
  {
    mutant: 'blind',
    injected: 'Model servers answer from the text alone and never look at a picture.',
    shows: /^refused by the gate: \d+ of \d+ questions/,
    remedy: 'Undo the last change of weights, engine flags or runtime.',
  },
  {
    mutant: 'never-ready',
    injected: 'Model servers load for ever.',
    shows: /^0 of 2 instances of version 1 are in service when the time was over/,
    remedy: "Read the instances' logs: the last phase is the one that takes so long.",
    atAws: 'The verification waits 15 minutes; here that is cut to half a minute.',
  },
  {
    mutant: 'blind',
    update: true,
    injected: 'A fleet serves; an update changes an engine flag, and with it the model servers are blind.',
    shows: /^refused by the gate: \d+ of \d+ questions/,
    remedy: 'Nothing to mend in the fleet: it has gone back to what served before. Undo the change.',
    atAws:
      'CloudFormation waits for the replacement of the instances. AWS gives it up after an hour without progress; the alarm on gate failures ends it sooner. Whether CloudFormation heeds the same alarm while it rolls back is not documented; the emulator does not.',
  },
];

/** Name of a case in tables and on the command line. */
export function nameOf({ mutant, update }: Pick<FailureCase, 'mutant' | 'update'>): string {
  return update ? `${mutant} update` : mutant;
}
