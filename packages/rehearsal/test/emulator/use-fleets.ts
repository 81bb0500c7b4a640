import { afterAll, beforeAll } from 'vitest';
import { FleetStack } from './fleet-stack.ts';
import type { FleetTemplateOptions } from './fleet-template.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

/** An emulator for a whole test file, and stacks in it under names of their own. */
export interface TestFleets {
  readonly cloud: TestCloud;
  createFleet(options: FleetTemplateOptions): Promise<FleetStack>;
}

export function useFleets(): TestFleets {
  let cloud: TestCloud;
  let count = 0;
  beforeAll(async () => {
    cloud = await startTestCloud();
  }, 120_000);
  afterAll(() => cloud?.close());
  return {
    get cloud() {
      return cloud;
    },
    async createFleet(options) {
      count += 1;
      const stack = new FleetStack(cloud, `fleet${count}`);
      await stack.create(options);
      return stack;
    },
  };
}
