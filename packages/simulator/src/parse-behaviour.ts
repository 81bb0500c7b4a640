import { readFileSync } from 'node:fs';
import { CHECKPOINTS, INSTANCE_TYPES, PICTURE_PREPARE_MS } from '@pixtral-fleet/catalog';
import { type Behaviour, DEFAULT_BEHAVIOUR, ENGINE_STATES, SimulatorUsageError } from './behaviour.ts';
import { isRecord } from './json.ts';
import { MUTANT_NAMES } from './mutants/index.ts';

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

/** @throws SimulatorUsageError that names what is wrong, what was got and what is expected. */
export function parseBehaviour(value: unknown, source: string): Behaviour {
  const given = parseChange(value, source);
  const behaviour: Behaviour = {
    ...DEFAULT_BEHAVIOUR,
    ...(isRecord(given.engineModel) ? { perPictureMs: PICTURE_PREPARE_MS } : {}),
    ...given,
  };
  if (behaviour.kvTokens > 0 && behaviour.engineModel === 'none') {
    throw new SimulatorUsageError(
      `${source}: "kvTokens" needs an "engineModel", got "none"; without one there is no KV cache`,
    );
  }
  return behaviour;
}

/** Some of the options, each checked. @throws SimulatorUsageError */
export function parseChange(value: unknown, source: string): Partial<Behaviour> {
  if (!isRecord(value)) {
    throw new SimulatorUsageError(`${source} must hold a JSON object, got ${JSON.stringify(value)}`);
  }
  for (const [name, given] of Object.entries(value)) {
    if (!Object.hasOwn(DEFAULT_BEHAVIOUR, name)) {
      throw new SimulatorUsageError(
        `${source}: unknown option "${name}"; known: ${Object.keys(DEFAULT_BEHAVIOUR).join(', ')}`,
      );
    }
    const expected = expectedOf(name as keyof Behaviour, given);
    if (expected) {
      throw new SimulatorUsageError(`${source}: "${name}" must be ${expected}, got ${JSON.stringify(given)}`);
    }
  }
  const change: Partial<Behaviour> = value;
  return change.mutant === 'hung' ? { ...change, hang: true } : change;
}

/** What a value should have been; undefined when it is. */
function expectedOf(name: keyof Behaviour, given: unknown): string | undefined {
  if (name === 'engineModel') return expectedModel(given);
  if (name === 'engine') return expectedName(ENGINE_STATES, given);
  if (name === 'mutant') return given === '' ? undefined : expectedName(MUTANT_NAMES, given);
  if (name === 'engineSpeedup') {
    return typeof given === 'number' && given > 0 && Number.isFinite(given) ? undefined : 'a number above 0';
  }
  const type = typeof DEFAULT_BEHAVIOUR[name];
  if (typeof given !== type) return `a ${type}`;
  return type !== 'number' || (Number.isFinite(given) && Number(given) >= 0) ? undefined : 'a number from 0';
}

function expectedName(names: readonly string[], given: unknown): string | undefined {
  return names.some((name) => name === given) ? undefined : `one of ${names.join(', ')}`;
}

/** The trial checkpoint has another shape than the 12B that the arithmetic is about. */
function expectedModel(given: unknown): string | undefined {
  const checkpoints = CHECKPOINTS.filter(({ trial }) => !trial).map(({ id }) => id);
  const instanceTypes = INSTANCE_TYPES.map(({ name }) => name);
  const known =
    given === 'none' ||
    (isRecord(given) &&
      Object.keys(given).length === 2 &&
      checkpoints.some((id) => id === given.checkpoint) &&
      instanceTypes.some((name) => name === given.instanceType));
  if (known) return undefined;
  return `"none" or {"checkpoint": one of ${checkpoints.join(', ')}, "instanceType": one of ${instanceTypes.join(', ')}}`;
}
