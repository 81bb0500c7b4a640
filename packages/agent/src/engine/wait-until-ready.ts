import { setTimeout as sleep } from 'node:timers/promises';
import { AbortError, type PixtralClient, PixtralError } from '@pixtral-fleet/client';
import type { EngineProcess } from './engine-process.ts';

const POLL_MS = 200;

/** How often a start that takes long is worth a line in the log. */
const REPORT_MS = 15_000;

/**
 * Waits until the model server lists its model. `/health` is not asked: it is 200 on an engine that hangs.
 * @throws Error when the process ends, when the time is over, or when another model is served.
 */
export async function waitUntilReady(options: {
  readonly client: PixtralClient;
  readonly engine: EngineProcess;
  readonly servedModelName: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onWaiting: (seconds: number) => void;
}): Promise<void> {
  const { client, engine, servedModelName, timeoutMs, signal } = options;
  const ended = engine.ended.then((reason) => {
    throw new Error(`the model server ended while it started: ${reason}`);
  });
  ended.catch(() => undefined);
  const started = performance.now();
  let reported = started;
  let latest = 'it has not been asked';
  const onFailure = (error: Error) => {
    latest = error.message;
  };
  for (;;) {
    const models = await Promise.race([listModels(client, signal, onFailure), ended]);
    if (models?.some((id) => id === servedModelName)) return;
    if (models) throw new Error(`the model server serves ${models.join(', ')}, expected ${servedModelName}`);
    const now = performance.now();
    if (now - started > timeoutMs) {
      throw new Error(
        `the model server was not ready after ${timeoutMs / 1_000} s (engine.startTimeoutSeconds): ${latest}`,
      );
    }
    if (now - reported > REPORT_MS) {
      reported = now;
      options.onWaiting(Math.round((now - started) / 1_000));
    }
    await Promise.race([sleep(POLL_MS, undefined, { signal }), ended]);
  }
}

async function listModels(
  client: PixtralClient,
  signal: AbortSignal,
  onFailure: (error: Error) => void,
): Promise<readonly string[] | undefined> {
  try {
    return (await client.models.list({ signal, timeoutMs: 5_000 })).map(({ id }) => id);
  } catch (error) {
    if (error instanceof AbortError || !(error instanceof PixtralError)) throw error;
    // While it loads nobody listens on the socket (recorded: the port refuses, there is no 503 phase); slow or wrong
    // answers are no reason to give up either before the time is over.
    onFailure(error);
    return undefined;
  }
}
