export { EMULATOR_FOLDER, type PythonEnvironment, prepareEmulator } from './prepare-emulator.ts';
export { type PublishedState, publishTargetHealth } from './publish-target-health.ts';
export { type Emulator, type StartEmulatorOptions, startEmulator } from './start-emulator.ts';
