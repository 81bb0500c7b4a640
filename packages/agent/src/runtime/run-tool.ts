import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const KEPT_CHARACTERS = 4_000;

/** A program of the system ended with an error; the message has its own words. */
export class ToolError extends Error {
  override readonly name = 'ToolError' as const;
}

export interface RunToolOptions {
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Each line that it prints, of both streams. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Called once it runs, to write to its standard input. */
  readonly feed?: ((input: NodeJS.WritableStream) => Promise<void>) | undefined;
}

/** Runs a program to its end. @throws ToolError with the last line that it printed; the signal's reason when that aborts. */
export async function runTool(
  command: string,
  args: readonly string[],
  options: RunToolOptions = {},
): Promise<void> {
  const { signal, feed } = options;
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: [feed ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  const stop = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  const output = collect(child, options.onLine);
  try {
    const ended = once(child, 'close');
    // Its own words tell more than a broken pipe does.
    const fed = feed && child.stdin ? feed(child.stdin).catch(() => undefined) : undefined;
    const [code] = (await ended) as [number | null];
    await fed;
    if (code !== 0)
      throw new ToolError(`${command} ended with code ${code}: ${lastLine(output()) || 'no message'}`);
  } catch (error) {
    signal?.throwIfAborted();
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw missing ? new ToolError(`${command} was not found`, { cause: error }) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function collect(child: ChildProcess, onLine: ((line: string) => void) | undefined): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-KEPT_CHARACTERS);
      const lines = (rest + chunk).split(/[\r\n]+/);
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') onLine?.(line);
    });
  }
  return () => text;
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split(/[\r\n]+/)
      .at(-1) ?? ''
  );
}
