import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  completeWhenWaiting,
  finishWaiting,
  keepAlive,
  type LifecycleAction,
} from '../../src/lifecycle/lifecycle-action.ts';
import { type ScriptedAws, startScriptedAws } from '../scripted-aws/start-scripted-aws.ts';

const never = new AbortController().signal;

function actionOf({ autoScaling, group }: ScriptedAws): LifecycleAction {
  group.waiting = 'pixtral-drain';
  return {
    client: autoScaling,
    groupName: group.name,
    hookName: 'pixtral-drain',
    instanceId: group.instanceId,
  };
}

/** The next so many calls are throttled, those of the AWS client’s own attempts included. */
function throttle({ group }: ScriptedAws, calls: number): void {
  let left = calls;
  group.fault = () => (left-- > 0 ? 'Throttling' : undefined);
}

describe('a hook', () => {
  it('is completed though the calls are throttled for longer than the AWS client tries', async () => {
    await using aws = await startScriptedAws();
    const action = actionOf(aws);
    throttle(aws, 4);
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    expect(await completeWhenWaiting(action, { timeoutMs: 60_000, signal: never, onError })).toBe(true);
    expect(errors).toEqual([expect.objectContaining({ name: 'Throttling' })]);
    expect(aws.group.completed).toEqual(['pixtral-drain CONTINUE']);
  });

  it('that nobody has announced is completed likewise, and is none when none waits', async () => {
    await using aws = await startScriptedAws();
    const action = actionOf(aws);
    throttle(aws, 2);
    expect(await finishWaiting(action, () => undefined)).toBe(true);
    expect(await finishWaiting(action, () => undefined)).toBe(false);
  });

  it('fails to be completed when AWS takes nothing: that is told, and the drain ends all the same', async () => {
    await using aws = await startScriptedAws();
    const action = actionOf(aws);
    aws.group.fault = () => 'AccessDenied';
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    expect(await finishWaiting(action, onError)).toBe(false);
    expect(errors).toHaveLength(1);
    expect(await completeWhenWaiting(action, { timeoutMs: 100, signal: never, onError })).toBe(false);
    expect(errors).toHaveLength(2);
  });
});

describe('heartbeats', () => {
  afterEach(() => void vi.useRealTimers());

  it('go on after one that was lost, and end with the hook', async () => {
    await using aws = await startScriptedAws();
    const action = actionOf(aws);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    throttle(aws, 3);
    const errors: unknown[] = [];
    const beats = keepAlive(action, (error) => errors.push(error));
    vi.advanceTimersByTime(10_000);
    while (errors.length === 0) await sleep(20);
    expect(errors).toEqual([expect.objectContaining({ name: 'Throttling' })]);
    vi.advanceTimersByTime(10_000);
    while (aws.group.calls.length === 0) await sleep(20);
    expect(aws.group.calls[0]).toMatchObject({
      action: 'RecordLifecycleActionHeartbeat',
      hook: 'pixtral-drain',
    });
    // Gone: nothing to complain of.
    aws.group.waiting = undefined;
    vi.advanceTimersByTime(10_000);
    while (aws.group.calls.length < 2) await sleep(20);
    beats[Symbol.dispose]();
    vi.advanceTimersByTime(60_000);
    await sleep(100);
    expect(aws.group.calls).toHaveLength(2);
    expect(errors).toHaveLength(1);
  });
});
