import { z } from 'zod';

/** What an instance is made of beside its type. */
export interface InstanceOptions {
  /**
   * Machine image instead of AWS's Deep Learning Base AMI (Ubuntu 24.04): needs an NVIDIA driver R580 or later,
   * systemd, curl and tar.
   * @default - the newest at the first synth, kept in `cdk.context.json`
   */
  readonly amiId?: string;
  /**
   * Size of the encrypted root volume in GiB. The image alone takes 75; without NVMe the files come on top.
   * @default 120
   */
  readonly rootVolumeGiB?: number;
}

export const instanceSchema = z
  .strictObject({
    amiId: z
      .string()
      .regex(/^ami-[0-9a-f]{8,17}$/, 'must be the id of an image such as ami-0123456789abcdef0')
      .optional(),
    rootVolumeGiB: z.number().int().min(75).max(16_384).default(120),
  })
  .readonly();

export type ResolvedInstance = z.output<typeof instanceSchema>;
