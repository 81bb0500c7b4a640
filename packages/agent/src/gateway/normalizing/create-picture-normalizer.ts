import { join } from 'node:path';
import type { Logger } from 'pino';
import type { GatewayLimits, NormalizeLimits } from '../../config/instance-config.ts';
import type { Machine } from '../../config/machine.ts';
import { startUnit } from '../../engine/service-manager.ts';
import { PictureNormalizer } from './picture-normalizer.ts';
import { connectWorker, spawnWorker } from './worker-channel.ts';

export type { PictureNormalizer } from './picture-normalizer.ts';

/** Of the worker in the agent's archive, beside the agent. */
const WORKER_FILE = 'picture-worker.mjs';

/** As instances do it: with workers that are units of the service manager, or children where there is none. */
export function createPictureNormalizer(options: {
  readonly limits: Pick<GatewayLimits, 'maxImageBytes' | 'maxImagePixels'>;
  readonly normalize: NormalizeLimits;
  readonly machine: Pick<Machine, 'agentFolder' | 'pictureUnit'>;
  readonly logger: Logger;
}): PictureNormalizer {
  const { limits, normalize, machine, logger } = options;
  const { agentFolder, pictureUnit } = machine;
  const ways = pictureUnit
    ? { open: connectWorker(pictureUnit.socket), prepare: () => startUnit(pictureUnit.name) }
    : { open: spawnWorker({ ...limits, file: join(agentFolder, WORKER_FILE) }) };
  return new PictureNormalizer({
    ...ways,
    workers: normalize.workers,
    timeoutMs: normalize.timeoutSeconds * 1_000,
    logger,
  });
}
