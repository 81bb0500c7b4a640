import type { BootReport } from '@pixtral-fleet/agent';
import { explainLaunchFailure } from '@pixtral-fleet/catalog';
import { explainCdkFailure } from './explain-cdk-failure.ts';
import { ownFailures, type ResourceEvent } from './stack-events.ts';

/** What was gathered about a deployment that failed; see `gather-evidence.ts`. */
export interface FailureEvidence {
  /** CloudFormation's events of this deployment, oldest first. */
  readonly events: readonly ResourceEvent[];
  /** Boot reports of this deployment that say no, newest first. */
  readonly refusals: readonly BootReport[];
  /** Status messages of launches that EC2 refused, newest first. */
  readonly refusedLaunches: readonly string[];
  /** The seeder's build, when it failed. */
  readonly build: FailedBuild | undefined;
  /** What the CDK's command line printed. */
  readonly cdkOutput: string;
}

export interface FailedBuild {
  /** CodeBuild's word: `FAILED`, `FAULT`, `TIMED_OUT`, `STOPPED`. */
  readonly status: string;
  /** Phase that failed, such as `BUILD`. */
  readonly phase: string | undefined;
  /** Last lines of its log, oldest first. */
  readonly lines: readonly string[];
}

/** Where the first cause was found. */
export type FailureSource = 'files' | 'instance' | 'launch' | 'verification' | 'stack' | 'cdk';

export interface Failure {
  readonly source: FailureSource;
  /** What went wrong first, in one sentence. */
  readonly cause: string;
  readonly remedy: string;
  /** What else is known, CloudFormation's own line last. */
  readonly detail: readonly string[];
}

/**
 * The first cause: what an instance, EC2 or the seeder's build says goes before CloudFormation's line, which only tells
 * that somebody waited in vain. A resource that fails for a reason of its own (a limit, a name that is taken) is its own
 * cause, whatever instances say. Pure.
 */
export function explainFailure(evidence: FailureEvidence): Failure {
  const [failed] = ownFailures(evidence.events);
  if (!failed) return { ...explainCdkFailure(evidence.cdkOutput), source: 'cdk' };
  const detail = [
    `${failed.logicalId} (${failed.type}) ${failed.status}: ${failed.reason ?? 'no reason given'}`,
  ];
  const found = waitsForFleet(failed)
    ? (explainBuild(evidence) ??
      explainRefusal(evidence) ??
      explainLaunch(evidence) ??
      explainVerification(failed))
    : undefined;
  if (found) return { ...found, detail: [...found.detail, ...detail] };
  return {
    source: 'stack',
    cause: `${failed.logicalId}: ${failed.reason ?? 'CloudFormation gives no reason'}`,
    remedy: 'mend what it says and run "pixtral deploy" again',
    detail,
  };
}

/** Resources that are done only when instances serve, or when the bucket is filled. */
function waitsForFleet({ type }: ResourceEvent): boolean {
  return type === 'AWS::AutoScaling::AutoScalingGroup' || type.startsWith('Custom::Pixtral');
}

function explainBuild({ build }: FailureEvidence): Failure | undefined {
  if (!build) return undefined;
  const last = build.lines.findLast((line) => /error|failed|denied|not found|40[134]/i.test(line));
  const phase = build.phase === undefined ? '' : ` in phase ${build.phase}`;
  return {
    source: 'files',
    cause: `the build that fills the bucket ended ${build.status}${phase}: ${(last ?? build.lines.at(-1) ?? 'it printed nothing').trim()}`,
    remedy: /401|403|gated|token/i.test(last ?? '')
      ? 'put in a Hugging Face token that may read the checkpoint ("pixtral secret set-hf-token") and deploy again'
      : 'read the whole of it with "pixtral logs --seeder", then deploy again',
    detail: build.lines.slice(-5).map((line) => `build: ${line.trim()}`),
  };
}

function explainRefusal({ refusals }: FailureEvidence): Failure | undefined {
  const [report] = refusals.toReversed();
  if (!report) return undefined;
  const wrong = report.gate.filter(({ ok }) => !ok);
  const reason = report.reason ?? 'it gave no reason';
  return {
    source: 'instance',
    cause: `${report.instanceId} did not come up: ${reason}`,
    remedy: remedyOfRefusal(reason, wrong.length > 0),
    detail: [
      ...wrong
        .slice(0, 3)
        .map(
          ({ question, expected, answer }) => `asked "${question}": expected "${expected}", got "${answer}"`,
        ),
      ...(refusals.length > 1 ? [`${refusals.length} instances did not come up`] : []),
    ],
  };
}

function remedyOfRefusal(reason: string, wrongAnswers: boolean): string {
  if (wrongAnswers) {
    return 'the model does not see right with these weights, engine flags or this runtime: undo the last change of them';
  }
  if (/SHA-256|manifest|differs|mismatch/i.test(reason)) {
    return 'the files in the bucket are not those of the manifest: delete their folder in the bucket, run the seeder again (aws codebuild start-build with its SeederProjectName), and deploy';
  }
  return 'read its log with "pixtral logs --instance ID"';
}

function explainLaunch({ refusedLaunches }: FailureEvidence): Failure | undefined {
  const [newest] = refusedLaunches;
  if (newest === undefined) return undefined;
  const { cause, remedy } = explainLaunchFailure(newest);
  return {
    source: 'launch',
    cause: `no instance could be launched: ${cause}`,
    remedy,
    detail: [
      `EC2: ${newest}`,
      ...(refusedLaunches.length > 1 ? [`${refusedLaunches.length} launches refused`] : []),
    ],
  };
}

function explainVerification(failed: ResourceEvent): Failure | undefined {
  if (failed.type !== 'Custom::PixtralVerification') return undefined;
  const reason = (failed.reason ?? 'it gave no reason').replace(
    /^Received response status \[FAILED\] from custom resource\. Message returned: /,
    '',
  );
  return {
    source: 'verification',
    cause: `the fleet came up but was not verified: ${reason.replace(/\s*\(RequestId: [^)]*\)$/, '')}`,
    remedy: 'read "pixtral logs --verification"; the version before it was put back',
    detail: [],
  };
}
