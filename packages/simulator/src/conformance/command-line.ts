import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { ServerAddress } from './send-request.ts';

/** What `npm run conformance` was asked for. */
export interface ConformanceArguments {
  /** @default undefined - simulators of the suite's own */
  readonly server: ServerAddress | undefined;
  /** @default undefined - all recordings */
  readonly only: RegExp | undefined;
  readonly write: boolean;
  readonly json: boolean;
}

/** A mistake in the arguments, told without a stack. */
export class ConformanceUsageError extends Error {
  override readonly name = 'ConformanceUsageError' as const;
}

/** @throws ConformanceUsageError; CommanderError with exit code 0 for help */
export function parseConformanceArguments(args: readonly string[]): ConformanceArguments {
  const program = new Command('conformance')
    .description('replays the recorded requests and compares the answers with the recorded ones')
    .option('--base <url>', 'a running model server, such as http://127.0.0.1:8000', parseBase)
    .option('--socket <path>', 'or its Unix socket')
    .option('--only <regex>', 'recordings whose ids it matches, such as "^2"', parseRegExp)
    .option('--write', 'put the table into docs/conformance.md', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
Without --base and --socket each recording gets a simulator of its own, with the recorded flags. A running server needs
the flags in docs/upgrading-vllm.md; recordings of other flags and of a SIGTERM are left out for it.

Exit codes: 0 all agree or are accepted, 1 something differs, 2 wrong usage.`,
    )
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode !== 0)
      throw new ConformanceUsageError(error.message);
    throw error;
  }
  const { base, socket, only, write, json } = program.opts<{
    readonly base?: ServerAddress;
    readonly socket?: string;
    readonly only?: RegExp;
    readonly write: boolean;
    readonly json: boolean;
  }>();
  if (base && socket !== undefined) {
    throw new ConformanceUsageError(
      'got --base and --socket, expected one of them: the server has one address',
    );
  }
  const server = socket === undefined ? base : { socketPath: socket };
  if (write && (server || only)) {
    throw new ConformanceUsageError(
      'got --write with a part of the suite, expected it alone: the table is about all recordings and the simulator',
    );
  }
  return { server, only, write, json };
}

function parseBase(text: string): ServerAddress {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' || url.pathname !== '/') {
    throw new InvalidArgumentError('expected http://HOST:PORT without a path');
  }
  return { host: url.hostname, port: Number(url.port || 80) };
}

function parseRegExp(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(`expected a regular expression: ${(error as Error).message}`);
  }
}
