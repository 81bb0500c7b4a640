import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { GetParameterCommand, ParameterNotFound } from '@aws-sdk/client-ssm';
import { AMI_PARAMETER } from '@pixtral-fleet/infra/machine-image';
import type { DoctorCheck, DoctorContext } from '../doctor-check.ts';
import { type Finding, fail, ok, warn } from '../finding.ts';

/** AWS publishes the image about every two weeks; older ones lack security updates of kernel and driver. */
const OLD_DAYS = 90;

const DAY_MS = 86_400_000;

const NO_OWN_IMAGE = 'instance.amiId of an image with an NVIDIA driver R580 or later';

export const image: DoctorCheck = {
  id: 'image',
  needs: 'aws',
  actions: ['ssm:GetParameter', 'ec2:DescribeImages'],
  run: async (context) => {
    const { amiId } = context.config.instance;
    if (amiId) return judge(context, { id: amiId, source: 'instance.amiId', remedy: NO_OWN_IMAGE });
    const newest = await readNewest(context);
    if (newest === undefined) {
      return fail(`${context.config.region} has no image under ${AMI_PARAMETER}`, NO_OWN_IMAGE);
    }
    const { account } = await context.caller;
    const cached =
      context.cdkContext[
        `ssm:account=${account}:parameterName=${AMI_PARAMETER}:region=${context.config.region}`
      ];
    if (typeof cached !== 'string' || cached === newest) {
      const source = cached === newest ? 'cached, and the newest' : 'the newest; the next synth keeps it';
      return judge(context, { id: newest, source, remedy: NO_OWN_IMAGE });
    }
    return judge(context, {
      id: cached,
      source: `cached in cdk.context.json; the newest is ${newest}`,
      remedy: 'npm exec -w packages/infra -- cdk context --clear, then pixtral plan --diff',
    });
  },
};

async function readNewest({ clients, signal }: DoctorContext): Promise<string | undefined> {
  try {
    const { Parameter } = await clients.ssm.send(new GetParameterCommand({ Name: AMI_PARAMETER }), {
      abortSignal: signal,
    });
    return Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}

async function judge(
  { clients, signal }: DoctorContext,
  { id, source, remedy }: { readonly id: string; readonly source: string; readonly remedy: string },
): Promise<Finding> {
  const created = await readCreation(id, { clients, signal });
  if (created === undefined) return fail(`${id} (${source}) is not there for this account`, remedy);
  const days = Math.floor((Date.now() - created) / DAY_MS);
  const found = `${id}, ${days} day${days === 1 ? '' : 's'} old (${source})`;
  return days > OLD_DAYS ? warn(found, remedy) : ok(found);
}

/** Milliseconds since 1970; undefined when there is no such image. */
async function readCreation(
  id: string,
  { clients, signal }: Pick<DoctorContext, 'clients' | 'signal'>,
): Promise<number | undefined> {
  try {
    const { Images: [found] = [] } = await clients.ec2.send(new DescribeImagesCommand({ ImageIds: [id] }), {
      abortSignal: signal,
    });
    const at = Date.parse(found?.CreationDate ?? '');
    return found && !Number.isNaN(at) ? at : undefined;
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('InvalidAMIID')) return undefined;
    throw error;
  }
}
