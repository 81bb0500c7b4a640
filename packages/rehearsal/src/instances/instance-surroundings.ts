import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetadataServiceOptions } from '../metadata/index.ts';
import type { InstanceOptions } from './fleet-instance.ts';

/** @returns the user data as a script in the instance's root folder, which is made */
export async function writeUserData({ root, userData }: InstanceOptions): Promise<string> {
  await mkdir(root, { recursive: true });
  const script = join(root, 'user-data.sh');
  await writeFile(script, userData, { mode: 0o700 });
  return script;
}

/**
 * What the metadata service says of an instance.
 * @param lifecycleState the group's current state of it, asked at each request
 */
export function metadataOf(
  { instance, region, accountId }: InstanceOptions,
  lifecycleState: () => string,
): Pick<MetadataServiceOptions, 'identity' | 'targetLifecycleState'> {
  return {
    identity: {
      instanceId: instance.id,
      instanceType: instance.type,
      availabilityZone: instance.availabilityZone,
      region,
      accountId,
    },
    targetLifecycleState: () => (lifecycleState().startsWith('Terminat') ? 'Terminated' : 'InService'),
  };
}
