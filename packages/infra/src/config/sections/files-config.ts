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
}

export const filesSchema = z
  .strictObject({ seeder: z.enum(['codebuild', 'none']).default('codebuild') })
  .readonly();

export type ResolvedFiles = z.output<typeof filesSchema>;
