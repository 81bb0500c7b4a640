import {
  CHECKPOINTS,
  createStepTime,
  findCheckpoint,
  findInstanceType,
  INSTANCE_TYPES,
} from '@pixtral-fleet/catalog';
import { createEnginePace } from './engine-pace.ts';
import { MeasuredPace } from './measured-pace.ts';

/** What an instance is taken for that the catalog does not know: its measurements correct that soon. */
const UNKNOWN = { checkpoint: 'w8a8', instanceType: 'g5.2xlarge' } as const;

/** The pace of a checkpoint on an instance type: the catalog's model, until the instance has measured its own. */
export function createInstancePace(options: {
  readonly checkpoint: string;
  readonly instanceType: string;
}): MeasuredPace {
  const checkpoint = CHECKPOINTS.find(({ id }) => id === options.checkpoint);
  const instanceType = INSTANCE_TYPES.find(({ name }) => name === options.instanceType);
  const stepTime = createStepTime(
    checkpoint ?? findCheckpoint(UNKNOWN.checkpoint),
    instanceType ?? findInstanceType(UNKNOWN.instanceType),
  );
  return new MeasuredPace(createEnginePace(stepTime));
}
