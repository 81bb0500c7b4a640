import { afterAll, beforeAll } from 'vitest';
import { FleetStack } from './fleet-stack.ts';
import type { FleetTemplateOptions } from './fleet-template.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

/** An emulator for a whole test file, and stacks in it under names of their own. */
export interface TestFleets {
  readonly cloud: TestCloud;
  createFleet(options: FleetTemplateOptions): Promise<FleetStack>;
  /** Publishes a 1, which sets off the alarms on that metric. */
  raiseMetric(namespace: string, name: string): Promise<void>;
}

export function useFleets(environment: Readonly<Record<string, string>> = {}): TestFleets {
  let cloud: TestCloud;
  let count = 0;
  beforeAll(async () => {
    cloud = await startTestCloud(environment);
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
    async raiseMetric(namespace, name) {
      await fetch(cloud.emulator.endpointUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization:
            'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0',
        },
        body: new URLSearchParams({
          ...{ Action: 'PutMetricData', Version: '2010-08-01', Namespace: namespace },
          ...{ 'MetricData.member.1.MetricName': name, 'MetricData.member.1.Value': '1' },
        }),
      });
    },
  };
}
