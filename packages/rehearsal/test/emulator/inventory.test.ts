import { expect, test } from 'vitest';
import { findRemains, readInventory } from '../../src/run/account-inventory.ts';
import { useFleets } from './use-fleets.ts';

const fleets = useFleets();

test('the inventory tells a stack from nothing, and what a deletion has left', async () => {
  const { endpointUrl } = fleets.cloud.emulator;
  const before = await readInventory(endpointUrl);
  expect(before).toContainEqual(expect.stringMatching(/^vpc vpc-/));
  const stack = await fleets.createFleet({ desiredCapacity: 1 });
  const [id = ''] = await stack.idsIn('Pending:Wait');
  const made = findRemains(before, await readInventory(endpointUrl));
  const kinds = new Set(made.map((resource) => resource.replace(/ \S+$/, '')));
  for (const kind of [
    ...[
      'instance',
      'launch template',
      'auto scaling group',
      'security group',
      'vpc',
      'subnet',
      'vpc endpoint',
    ],
    ...['load balancer', 'target group', 'secret', 'bucket', 'log group', 'flow log'],
  ]) {
    expect(kinds).toContain(kind);
  }
  expect(made).toContain(`instance ${id}`);
  await stack.delete();
  expect(findRemains(before, await readInventory(endpointUrl))).toEqual([]);
});
