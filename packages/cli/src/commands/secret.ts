import type { Command } from 'commander';
import { addFleetOptions, type FleetFlags } from '../fleet-options.ts';
import { parseNumber } from '../parse-number.ts';

export interface SetTokenFlags extends FleetFlags {
  readonly json?: boolean;
}

export interface RotateKeyFlags extends FleetFlags {
  readonly finish?: boolean;
  readonly show?: boolean;
  readonly json?: boolean;
}

export interface AddKeyFlags extends FleetFlags {
  readonly scope?: readonly string[];
  readonly requestsPerMinute?: number;
  readonly imageTokensPerMinute?: number;
  readonly expires?: string;
  readonly show?: boolean;
  readonly json?: boolean;
}

export interface KeysFlags extends FleetFlags {
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
  addFleetOptions(
    secret
      .command('add-key')
      .description('make another API key, with a name, scopes and limits of its own')
      .argument('<name>', 'said in logs and errors: small letters, digits, ".", "_" and "-"')
      .option('--scope <scopes...>', 'what it may be used for: chat, models (default: both)')
      .option(
        '--requests-per-minute <number>',
        'requests a minute, of each instance (default: no limit)',
        parseNumber('--requests-per-minute'),
      )
      .option(
        '--image-tokens-per-minute <number>',
        'tokens of pictures a minute, of each instance; at least 4160, one full picture (default: no limit)',
        parseNumber('--image-tokens-per-minute'),
      )
      .option('--expires <time>', 'refused from then on, such as 2027-01-01T00:00:00Z (default: never)')
      .option('--show', 'print the key (else only where to read it)')
      .option('--json', 'print {"secretArn", "name"}, with --show "key"'),
  ).action(async (name: string, flags: AddKeyFlags) => {
    const { addNamedKey } = await import('../actions/api-keys.ts');
    await addNamedKey(name, flags);
  });
  addFleetOptions(
    secret
      .command('list-keys')
      .description('names, scopes, limits and dates of the API keys; never a key')
      .option('--json', 'print {"secretArn", "keys": […]}'),
  ).action(async (flags: KeysFlags) => {
    const { listNamedKeys } = await import('../actions/api-keys.ts');
    await listNamedKeys(flags);
  });
  addFleetOptions(
    secret
      .command('revoke-key')
      .description('take an API key out of the secret: instances refuse it within a minute')
      .argument('<name>', 'of the key')
      .option('--json', 'print {"secretArn", "name"}'),
  ).action(async (name: string, flags: KeysFlags) => {
    const { revokeNamedKey } = await import('../actions/api-keys.ts');
    await revokeNamedKey(name, flags);
  });
}
