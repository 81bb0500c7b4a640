import { type Stage, until } from './acts/index.ts';

/** Whether there are as many instances as there are to be, all of them serve, and the balancer knows it. */
async function isWhole(stage: Stage): Promise<boolean> {
  const { cloud, machines, wanted } = stage;
  const { group } = cloud.fleet;
  if (!group || group.desiredCapacity !== wanted || group.instances.length !== wanted) return false;
  if (cloud.fleet.inService().length !== wanted) return false;
  const healthy = new Set(
    cloud.balancer
      .targets()
      .filter(({ state }) => state === 'healthy')
      .map(({ id }) => id),
  );
  const whole = await Promise.all(
    group.instances.map(async ({ id }) => healthy.has(id) && ((await machines.get(id)?.isReady()) ?? false)),
  );
  return whole.every(Boolean);
}

/** Waits until the fleet is whole. @throws RehearsalError after two minutes */
export function untilWhole(stage: Stage): Promise<void> {
  return until(stage, 'the fleet was not whole again', () => isWhole(stage));
}
