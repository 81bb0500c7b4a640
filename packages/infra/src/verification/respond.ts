import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

export interface Outcome {
  readonly ok: boolean;
  /** Shown in the stack's events. */
  readonly reason: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** CloudFormation takes 4,096 bytes as a whole; a longer answer counts as none. */
const LONGEST_REASON = 3_000;

const ATTEMPTS = 4;

/** Answers CloudFormation, which otherwise waits until the service timeout. */
export async function respond(event: CloudFormationCustomResourceEvent, outcome: Outcome): Promise<void> {
  const body = JSON.stringify({
    Status: outcome.ok ? 'SUCCESS' : 'FAILED',
    Reason: outcome.reason.slice(0, LONGEST_REASON),
    PhysicalResourceId:
      'PhysicalResourceId' in event ? event.PhysicalResourceId : `${event.LogicalResourceId}-fleet`,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: outcome.data ?? {},
  });
  for (let attempt = 1; ; attempt++) {
    try {
      // The URL is signed for an empty content type.
      const answer = await fetch(event.ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body });
      if (answer.ok) return;
      throw new Error(`CloudFormation refused the answer: status ${answer.status}`);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      console.error(
        JSON.stringify({ message: 'answer to CloudFormation failed', attempt, error: String(error) }),
      );
      await sleep(attempt * 1_000);
    }
  }
}
