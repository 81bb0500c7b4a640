import { readFileSync } from 'node:fs';
import { MUTANT_NAMES, type MutantName } from './mutants/index.ts';

/** How a simulated model server behaves; read once, when it starts. */
export interface Behaviour {
  /** Answers from the text alone, never from the pixels. @default false */
  readonly blind: boolean;
  /** Time that loading takes. @default 0 */
  readonly loadSeconds: number;
  /** Never ends loading. @default false */
  readonly neverReady: boolean;
  /** Fails to load with this as the error. @default '' - loads */
  readonly failLoad: string;
  /** From the end of preparation to the first token. @default 20 */
  readonly firstTokenMs: number;
  /** Between two tokens of a stream. @default 5 */
  readonly perTokenMs: number;
  /** Preparation of a picture of 1024x1024, one after the other as in vLLM's one thread; smaller ones take less. @default 20 */
  readonly perPictureMs: number;
  /** Ends streams with an error frame after so many tokens. @default 0 - never */
  readonly midStreamErrorAfterTokens: number;
  /** Accepts requests and never answers, while `/health` stays 200. @default false */
  readonly hang: boolean;
  /** Looks healthy and is wrong in that way; one of `MUTANT_NAMES`. @default '' - sees and answers right */
  readonly mutant: MutantName | '';
}

export const DEFAULT_BEHAVIOUR: Behaviour = {
  blind: false,
  loadSeconds: 0,
  neverReady: false,
  failLoad: '',
  firstTokenMs: 20,
  perTokenMs: 5,
  perPictureMs: 20,
  midStreamErrorAfterTokens: 0,
  hang: false,
  mutant: '',
};

/** Options or flags that make no sense: a person's mistake, told without a stack. */
export class SimulatorUsageError extends Error {
  override readonly name = 'SimulatorUsageError' as const;
}

/** The defaults, changed by the JSON file that `PIXTRAL_SIMULATE_FILE` names, if it names one. */
export function loadBehaviour(environment: NodeJS.ProcessEnv = process.env): Behaviour {
  const file = environment.PIXTRAL_SIMULATE_FILE;
  if (!file) return DEFAULT_BEHAVIOUR;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SimulatorUsageError(
      `${file} cannot be read as JSON: ${error instanceof Error ? error.message : ''}`,
    );
  }
  return parseBehaviour(value, file);
}

/** @throws SimulatorUsageError for an unknown option or a value of another type than the default's. */
export function parseBehaviour(value: unknown, source: string): Behaviour {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SimulatorUsageError(`${source} must hold a JSON object`);
  }
  for (const [name, given] of Object.entries(value)) {
    const expected = Object.entries(DEFAULT_BEHAVIOUR).find(([known]) => known === name);
    if (!expected) {
      throw new SimulatorUsageError(
        `${source}: unknown option "${name}"; known: ${Object.keys(DEFAULT_BEHAVIOUR).join(', ')}`,
      );
    }
    const type = typeof expected[1];
    const usable =
      typeof given === type && (type !== 'number' || (Number.isFinite(given) && Number(given) >= 0));
    if (!usable)
      throw new SimulatorUsageError(`${source}: "${name}" must be a ${type}, got ${JSON.stringify(given)}`);
  }
  const behaviour: Behaviour = { ...DEFAULT_BEHAVIOUR, ...value };
  const { mutant } = behaviour;
  if (mutant && !MUTANT_NAMES.includes(mutant)) {
    throw new SimulatorUsageError(
      `${source}: "mutant" must be one of ${MUTANT_NAMES.join(', ')}, got ${JSON.stringify(mutant)}`,
    );
  }
  return mutant === 'hung' ? { ...behaviour, hang: true } : behaviour;
}
