import type { Command } from 'commander';

/** Which fleet, in which account. */
export interface FleetFlags {
  readonly profile?: string;
  readonly region?: string;
  readonly stack?: string;
  readonly rehearsal?: boolean;
}

/** The flags by which every command that looks into an AWS account is told where. */
export function addFleetOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'AWS profile, SSO included (default: AWS_PROFILE)')
    .option('--region <region>', "AWS region (default: that of the config, whatever the profile's is)")
    .option('--stack <name>', 'stack name (default: that of the config)')
    .option('--rehearsal', 'the fleet of "npm start -- --keep" on this machine instead of AWS');
}
