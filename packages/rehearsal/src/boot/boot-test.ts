import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { S3Client } from '@aws-sdk/client-s3';
import type { BootReport } from '@pixtral-fleet/agent';
import { createClient } from '@pixtral-fleet/client';
import { classify, countingText } from '../drill/streaming-load.ts';
import { pollUntil } from '../run/poll.ts';
import type { BootedInstance } from './booted-instance.ts';
import type { CheckList } from './check-list.ts';

/** A fleet of one booted machine that is in service, and what the checks need of its surroundings. */
export interface BootTest {
  readonly instance: BootedInstance;
  readonly checks: CheckList;
  readonly apiKey: string;
  readonly model: string;
  readonly bucket: string;
  readonly groupName: string;
  readonly s3: S3Client;
  readonly autoScaling: AutoScalingClient;
  readonly signal: AbortSignal;
}

/** Whatever is waited for comes in seconds on an idle machine, 36 with a watchdog of 30; this is for one that others use. */
const PATIENCE_MS = 360_000;
const POLL_MS = 250;

/** @throws Error that says what did not happen, and `state()` of the last look */
export function until<T>(
  test: BootTest,
  what: string,
  question: () => Promise<T | undefined>,
  state: () => string = () => '',
): Promise<T> {
  return pollUntil(question, {
    everyMs: POLL_MS,
    deadlineMs: PATIENCE_MS,
    signal: test.signal,
    timedOut: () =>
      new Error(`${what} did not happen within ${PATIENCE_MS / 1_000} s${state() ? `: ${state()}` : ''}`),
  });
}

/** A report of an agent that started after `earlier` had, once it says how its boot ended. */
export function nextReport(test: BootTest, earlier: BootReport | undefined): Promise<BootReport> {
  return until(test, 'a boot report of a new start', async () => {
    const report = await test.instance.bootReport();
    return report && report.startedAt !== earlier?.startedAt ? report : undefined;
  });
}

/** Starts the agent anew; how its boot ended. */
export async function startAndReport(test: BootTest): Promise<BootReport> {
  const { machine } = test.instance;
  const earlier = await test.instance.bootReport();
  // A systemd that counts starts would refuse.
  await machine.command('systemctl', 'reset-failed', 'pixtral-agent.service');
  await machine.must('systemctl', 'start', 'pixtral-agent.service');
  return nextReport(test, earlier);
}

/** @throws Error when it serves */
export function refusal(report: BootReport): string {
  if (report.ok || !report.reason) throw new Error('the agent serves');
  return report.reason;
}

/** Waits until the gateway takes requests. */
export async function untilReady(test: BootTest): Promise<void> {
  let latest = '';
  await until(
    test,
    'the gateway’s being ready',
    async () => {
      const { gatewayHost, gatewayPort } = test.instance;
      try {
        const answer = await fetch(`http://${gatewayHost}:${gatewayPort}/ready`, {
          signal: AbortSignal.timeout(5_000),
        });
        latest = await answer.text();
        return answer.ok || undefined;
      } catch (error) {
        latest = String(error);
        return undefined;
      }
    },
    () => latest,
  );
}

/** About 240 tokens at 25 ms: six seconds in which something can happen. */
const COUNT_TO = 80;

export interface OpenStream {
  /** Resolves with the first text. */
  readonly flowing: Promise<void>;
  /** How it ended: `completed` only with the whole text. */
  readonly ended: Promise<string>;
}

/** A stream at the machine's own gateway; the balancer's part is tried elsewhere. */
export function openStream(test: BootTest): OpenStream {
  const { gatewayHost, gatewayPort } = test.instance;
  const client = createClient({
    baseUrl: `http://${gatewayHost}:${gatewayPort}`,
    apiKey: test.apiKey,
    model: test.model,
  });
  const first = Promise.withResolvers<void>();
  const read = async () => {
    let text = '';
    let error: unknown;
    try {
      const stream = await client.chat.stream({
        messages: [{ role: 'user', content: `Count from 1 to ${COUNT_TO}.` }],
        max_tokens: 1_000,
        temperature: 0,
      });
      for await (const event of stream) {
        if (event.type !== 'text-delta') continue;
        text += event.text;
        first.resolve();
      }
    } catch (thrown) {
      error = thrown;
    } finally {
      await client.close();
    }
    const outcome = classify({ text, error, expected: countingText(COUNT_TO) });
    first.reject(new Error(`the stream ended before any text: ${outcome} ${String(error ?? '')}`));
    return outcome === 'completed' ? outcome : `${outcome}: ${String(error ?? text.slice(-80))}`;
  };
  const ended = read();
  first.promise.catch(() => undefined);
  return { flowing: first.promise, ended };
}

/** `name=value` of `systemctl show`. */
export async function showUnit(
  test: BootTest,
  unit: string,
  ...properties: readonly string[]
): Promise<ReadonlyMap<string, string>> {
  const text = await test.instance.machine.must(
    'systemctl',
    'show',
    `--property=${properties.join(',')}`,
    unit,
  );
  return new Map(
    text.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** Lines of the agent, parsed, that it wrote since a time of its own log. */
export async function agentLog(test: BootTest, since: string): Promise<readonly Record<string, unknown>[]> {
  const text = await test.instance.machine.must(
    ...['journalctl', '--unit=pixtral-agent.service', '--output=cat', '--no-pager', `--since=${since}`],
  );
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    return [JSON.parse(line) as Record<string, unknown>];
  });
}
