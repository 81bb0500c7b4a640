import { join } from 'node:path';
import type { IConstruct } from 'constructs';
import { REPOSITORY } from '../bundle/cache-folder.ts';
import { LOCK_FILE_NAME, type ModelLock, readModelLock } from './model-lock.ts';

/** The repository's lock; context `lockFile` names another file, as a rehearsal does for models of its own. */
export function loadModelLock(scope?: IConstruct): ModelLock {
  const given: unknown = scope?.node.tryGetContext('lockFile');
  return readModelLock(typeof given === 'string' ? given : join(REPOSITORY, LOCK_FILE_NAME));
}
