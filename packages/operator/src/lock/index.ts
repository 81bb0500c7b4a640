export { diffLocks, type PinChange } from './diff-locks.ts';
export { refreshModels } from './refresh-models.ts';
export { type PackageChange, refreshRuntime } from './refresh-runtime.ts';
