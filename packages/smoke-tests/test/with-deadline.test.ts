import { describe, expect, test } from 'vitest';
import { withDeadline } from '../src/with-deadline.ts';

const never = (): Promise<never> => new Promise(() => {});

describe('withDeadline', () => {
  test('gives what the block gives', async () => {
    expect(await withDeadline({ deadlineMs: 60_000 }, async (signal) => signal.aborted)).toBe(false);
  });

  test('passes on what the block throws', async () => {
    const error = new Error('the block failed');
    const run = withDeadline({ deadlineMs: 60_000 }, async () => {
      throw error;
    });
    await expect(run).rejects.toBe(error);
  });

  test('fails when a block takes no notice of its deadline', async () => {
    await expect(withDeadline({ deadlineMs: 20 }, never)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DeadlineError: not done within its deadline of 0.02 s]`,
    );
  });

  test('aborts the signal of the block, and says so even if the block fails because of it', async () => {
    let seen: AbortSignal | undefined;
    const run = withDeadline({ deadlineMs: 20 }, (signal) => {
      seen = signal;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('gave up'))));
    });
    await expect(run).rejects.toThrow('not done within its deadline of 0.02 s');
    expect(seen?.aborted).toBe(true);
  });

  test('ends with the reason of the signal that was given, before or while it runs', async () => {
    const reason = new Error('interrupted');
    await expect(withDeadline({ deadlineMs: 60_000, signal: AbortSignal.abort(reason) }, never)).rejects.toBe(
      reason,
    );
    const controller = new AbortController();
    const run = withDeadline({ deadlineMs: 60_000, signal: controller.signal }, never);
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
  });
});
