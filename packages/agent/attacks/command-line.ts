import { parseArgs } from 'node:util';
import type { EngineKind } from './attack.ts';

/** What `npm run attacks` was asked for. */
export interface AttackArguments {
  readonly engine: EngineKind;
  /** Attacks whose ids it matches. @default - all */
  readonly only: RegExp | undefined;
  readonly json: boolean;
  /** Stores what was seen, and writes the page anew. */
  readonly write: boolean;
  readonly help: boolean;
}

/** A mistake in the arguments, told without a stack. */
export class AttackUsageError extends Error {
  override readonly name = 'AttackUsageError' as const;
}

export const HELP = `usage: npm run attacks -w packages/agent -- [options]

Sends every attack of the corpus to a model server without a gateway, to see whether it is real, and to the gateway in
front of the same model server, where it must fail.

  --engine simulator|vllm   what is attacked; vllm is vLLM on the CPU with the small model: Linux, root, and a runtime
                            that npm start -- --engine vllm has built (default: simulator)
  --only REGEX              attacks whose ids it matches, such as "^ssrf"
  --json                    results as JSON on stdout, progress on stderr
  --write                   when all is as it should be, stores what was seen of these attacks and writes docs/attacks.md
  --help                    this text

Exit codes: 0 the gateway held, and bare engines did what the corpus says; 1 it did not, or they did not; 2 wrong usage;
77 there is no vLLM here.
`;

/** @throws AttackUsageError */
export function parseAttackArguments(args: readonly string[]): AttackArguments {
  const { engine, only, json, write, help } = parse(args);
  if (engine !== undefined && engine !== 'simulator' && engine !== 'vllm') {
    throw new AttackUsageError(`--engine must be simulator or vllm, got ${JSON.stringify(engine)}`);
  }
  return {
    engine: engine ?? 'simulator',
    only: only === undefined ? undefined : parsePattern(only),
    ...{ json, write, help },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        engine: { type: 'string' },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new AttackUsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AttackUsageError(`--only must be a regular expression, got ${JSON.stringify(text)}: ${why}`, {
      cause: error,
    });
  }
}
