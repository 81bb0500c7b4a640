import { z } from 'zod';

/** Where weights and runtime come from; see docs/architecture.md. */
export interface FilesConfig {
  /**
   * Who fills the bucket: `codebuild` does it at deploy, outside the VPC; `none` leaves it to you
   * (`pixtral-agent seed`), for accounts that may not reach the internet at all.
   * @default 'codebuild'
   */
  readonly seeder?: 'codebuild' | 'none';
}

export const filesSchema = z
  .strictObject({ seeder: z.enum(['codebuild', 'none']).default('codebuild') })
  .readonly();

export type ResolvedFiles = z.output<typeof filesSchema>;
