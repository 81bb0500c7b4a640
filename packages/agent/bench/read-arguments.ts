import { parseArgs } from 'node:util';

export const HELP = `Lets broken model servers try the agent's gate, and counts how often a good one is refused

  npm run mutants -w packages/agent -- [options]

  --gates N       gates of the good model (default 100)
  --only NAME     one mutant only, or "good"
  --socket PATH   only count false alarms of the model server that listens there, such as a real vLLM
  --model NAME    its served model name (default pixtral-12b)
  --write         put the results into docs/gate.md
  --json          print JSON instead of Markdown

Exit codes: 0 all is caught and nothing good refused, 1 not so, 2 wrong usage.
`;

export interface BenchArguments {
  readonly gates: number;
  readonly only: string | undefined;
  readonly socket: string | undefined;
  readonly model: string;
  readonly write: boolean;
  readonly json: boolean;
}

/** @throws TypeError for what cannot be meant; undefined when help is wanted. */
export function readArguments(args: readonly string[], names: readonly string[]): BenchArguments | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      gates: { type: 'string', default: '100' },
      only: { type: 'string' },
      socket: { type: 'string' },
      model: { type: 'string', default: 'pixtral-12b' },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const gates = Number(values.gates);
  if (!Number.isInteger(gates) || gates < 1) {
    throw new TypeError(`--gates must be a whole number of at least 1, got ${values.gates}`);
  }
  const { only, socket } = values;
  if (only !== undefined && !names.includes(only)) {
    throw new TypeError(`--only must be one of ${names.join(', ')}, got ${JSON.stringify(only)}`);
  }
  if (only !== undefined && socket !== undefined) {
    throw new TypeError('give --only or --socket: mutants are simulated, a socket is asked as it is');
  }
  if (only !== undefined && values.write) throw new TypeError('--write needs all of them: leave --only out');
  return { ...values, gates, only, socket };
}
