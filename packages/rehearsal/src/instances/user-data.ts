import { DescribeLaunchTemplateVersionsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { GroupInstance } from './auto-scaling-view.ts';

/** The user data that EC2 would hand to an instance: read back from the launch template version it was started with. */
export async function readUserData(client: EC2Client, instance: GroupInstance): Promise<string> {
  const answer = await client.send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateId: instance.launchTemplateId,
      Versions: [instance.launchTemplateVersion],
    }),
  );
  const encoded = answer.LaunchTemplateVersions?.[0]?.LaunchTemplateData?.UserData;
  if (!encoded) {
    throw new Error(
      `launch template ${instance.launchTemplateId} version ${instance.launchTemplateVersion} has no user data, so instance ${instance.id} cannot boot`,
    );
  }
  return Buffer.from(encoded, 'base64').toString('utf8');
}
