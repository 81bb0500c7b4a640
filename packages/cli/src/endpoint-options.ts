import type { Command } from 'commander';

export interface EndpointFlags {
  readonly endpoint?: string;
  readonly apiKey?: string;
  readonly model?: string;
}

/** The config's own default of `servedModelName`. */
export const DEFAULT_MODEL = 'pixtral-12b';

/** The flags by which every command that talks to a fleet is told where it is. */
export function addEndpointOptions(command: Command): Command {
  return command
    .option(
      '--endpoint <url>',
      'base URL of the fleet (default: PIXTRAL_ENDPOINT, else a tunnel, a kept rehearsal or the deployed stack)',
    )
    .option(
      '--api-key <key>',
      'API key (default: PIXTRAL_API_KEY, better than the shell history; else that of the stack)',
    )
    .option('--model <name>', `served model name (default: PIXTRAL_MODEL, else ${DEFAULT_MODEL})`);
}
