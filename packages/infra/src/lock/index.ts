export { loadModelLock } from './load-lock.ts';
export { formatModelLock, LOCK_FILE_NAME, type ModelLock, readModelLock } from './model-lock.ts';
