import { type BatchProgress, CheckpointError, createClient, mapImages } from '@pixtral-fleet/client';
import { listItems } from '../batch/list-items.ts';
import { createProgressLine } from '../batch/progress-line.ts';
import { readSchema, structuredWork } from '../batch/structured-work.ts';
import type { BatchFlags } from '../commands/batch.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { print } from '../output/print.ts';
import { resolveEndpoint } from '../resolve-endpoint.ts';

const DEFAULT_MAX_TOKENS = 512;

export async function batch(source: string, question: string, flags: BatchFlags): Promise<ExitCode> {
  const items = await listItems(source, flags);
  const schema = flags.schema === undefined ? undefined : await readSchema(flags.schema);
  const endpoint = await resolveEndpoint(flags);
  const client = createClient({ baseUrl: endpoint.url, apiKey: endpoint.apiKey, model: endpoint.model });
  const { signal: stop, hurry: signal } = interruptSignal();
  const line = createProgressLine(process.stderr);
  const maxTokens = flags.maxTokens ?? DEFAULT_MAX_TOKENS;
  const startedAt = performance.now();
  let progress: BatchProgress | undefined;
  let interrupted = false;
  const options = {
    client,
    checkpoint: flags.out,
    request: { max_tokens: maxTokens, temperature: 0 },
    retryFailed: flags.retryFailed ?? false,
    stop,
    signal,
    onProgress: (now: BatchProgress) => {
      progress = now;
      line.update(now);
    },
    ...(flags.concurrency === undefined ? {} : { concurrency: { max: flags.concurrency } }),
  };
  const results = schema
    ? mapImages(items, structuredWork({ question, maxTokens, schema }), {
        ...options,
        fingerprint: { question, maxTokens, schema },
      })
    : mapImages(items, question, options);
  try {
    for await (const result of results) {
      if (!result.ok && !result.resumed) console.error(`${result.id}: ${result.error.message}`);
    }
  } catch (error) {
    if (error instanceof CheckpointError) throw new UsageError(error.message);
    if (!stop.aborted) throw error;
    interrupted = true;
  } finally {
    line.close();
    await client.close();
  }
  const { done = 0, failed = 0, resumed = 0, promptTokens = 0, completionTokens = 0 } = progress ?? {};
  const seconds = (performance.now() - startedAt) / 1_000;
  const summary = { total: items.length, done, failed, resumed, promptTokens, completionTokens, seconds };
  print({ ...summary, out: flags.out, interrupted }, { json: flags.json, format: formatSummary });
  if (interrupted) return EXIT.interrupted;
  return failed > 0 ? EXIT.failed : EXIT.ok;
}

/** What a batch came to, and how to go on. Tokens are this run's. */
function formatSummary(summary: {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly resumed: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly seconds: number;
  readonly out: string;
  readonly interrupted: boolean;
}): string {
  const { total, done, failed, resumed, promptTokens, completionTokens, seconds, out, interrupted } = summary;
  const asked = done + failed - resumed;
  return [
    `${done} of ${total} answered, ${failed} failed, in ${out}${resumed > 0 ? `; ${resumed} of them by an earlier run` : ''}`,
    `this run: ${asked} in ${seconds.toFixed(1)} s (${(asked / seconds).toFixed(1)}/s), ${promptTokens} tokens in, ${completionTokens} out`,
    ...(interrupted ? ['stopped; the same command goes on from here'] : []),
    ...(failed > 0 ? ['--retry-failed asks those that failed again'] : []),
  ].join('\n');
}
