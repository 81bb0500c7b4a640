export { type Behaviour, DEFAULT_BEHAVIOUR, SimulatorUsageError } from './behaviour.ts';
export { parseServeArguments, type ServeArguments } from './command-line.ts';
export {
  createSimulator,
  type ListenAddress,
  type Simulator,
  type SimulatorOptions,
} from './create-simulator.ts';
export { writeSimulatedModel } from './model/write-simulated-model.ts';
export { MUTANT_NAMES, type MutantName } from './mutants/index.ts';
export { parseBehaviour } from './parse-behaviour.ts';
