import type { Command } from 'commander';
import { addFleetOptions, type FleetFlags } from '../fleet-options.ts';

export interface SetTokenFlags extends FleetFlags {
  readonly json?: boolean;
}

export interface RotateKeyFlags extends FleetFlags {
  readonly finish?: boolean;
  readonly show?: boolean;
  readonly json?: boolean;
}

/** `pixtral secret …`: the fleet's two secrets. No value is ever taken from the command line. */
export function addSecret(program: Command): void {
  const secret = program.command('secret').description('put in the Hugging Face token, replace the API key');
  addFleetOptions(
    secret
      .command('set-hf-token')
      .description('put in the Hugging Face token: typed without being shown, or from standard input')
      .option('--json', 'print {"secretArn"}'),
  ).action(async (flags: SetTokenFlags) => {
    const { setHuggingFaceToken } = await import('../actions/secret.ts');
    await setHuggingFaceToken(flags);
  });
  addFleetOptions(
    secret
      .command('rotate-api-key')
      .description('make a new API key beside the present one; with --finish, drop the old one')
      .option('--finish', 'accept the new key alone')
      .option('--show', 'print the new key (else only where to read it)')
      .option('--json', 'print {"secretArn", "step", "accepted"}, with --show "newKey"'),
  ).action(async (flags: RotateKeyFlags) => {
    const { rotateKey } = await import('../actions/secret.ts');
    await rotateKey(flags);
  });
}
