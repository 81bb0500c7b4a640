import { z } from 'zod';

/** Where weights and runtime come from; see docs/files.md. */
export interface FilesConfig {
  /**
   * Who fills the bucket: `codebuild` does it at deploy, outside the VPC, before the first instance starts; `none`
   * leaves it to you, for accounts that may not reach the internet at all: instances then wait 13 minutes for their
   * files, and are replaced when none come.
   * @default 'codebuild'
   */
  readonly seeder?: 'codebuild' | 'none';
  /**
   * ARN of a Secrets Manager secret of yours that holds the Hugging Face token, in the fleet's region, with the six
   * characters at its end. A gated checkpoint needs it for a first deployment. A wrong one fails the build.
   * @default - a secret is made with the stack
   */
  readonly huggingFaceTokenSecretArn?: string;
}

export const filesSchema = z
  .strictObject({
    seeder: z.enum(['codebuild', 'none']).default('codebuild'),
    huggingFaceTokenSecretArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/,
        'must be the whole ARN of a secret, with the six characters that Secrets Manager puts at its end',
      )
      .optional(),
  })
  .readonly();

export type ResolvedFiles = z.output<typeof filesSchema>;
