import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstanceConfig } from '@pixtral-fleet/agent';
import { type Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { INFRA_FOLDER } from '../cdk-command.ts';

export interface UserDataProps {
  readonly stack: Stack;
  readonly config: InstanceConfig;
  readonly agent: { readonly asset: Asset; readonly sha256: string };
  readonly node: { readonly asset: Asset; readonly sha256: string };
}

/** Variables from the template in front of `assets/user-data.sh`, which stays a plain script. */
export function renderUserData(props: UserDataProps): ec2.UserData {
  const { stack, config, agent, node } = props;
  const script = readFileSync(join(INFRA_FOLDER, 'assets', 'user-data.sh'), 'utf8').replace(/^#!.*\n/, '');
  const variables = {
    pixtral_config: stack.toJsonString(config),
    pixtral_region: config.region,
    pixtral_bucket: agent.asset.s3BucketName,
    agent_key: agent.asset.s3ObjectKey,
    agent_sha256: agent.sha256,
    node_key: node.asset.s3ObjectKey,
    node_sha256: node.sha256,
    agent_stop_seconds: String(stopSeconds(config)),
  };
  const header = Object.entries(variables).map(([name, value]) => `${name}='${checkQuotable(name, value)}'`);
  return ec2.UserData.custom(['#!/bin/bash', ...header, script].join('\n'));
}

/** vLLM needs up to 8 s beyond its own timeout for a worker that does not leave; the rest is for the last reports. */
const BEYOND_DRAIN_SECONDS = 40;

/** What systemd lets the agent take: its drain, then the model server's end. */
function stopSeconds({ drainTimeoutSeconds, engine }: InstanceConfig): number {
  return drainTimeoutSeconds + engine.shutdownTimeoutSeconds + BEYOND_DRAIN_SECONDS;
}

/** Single quotes hold anything but a single quote; tokens become ARNs and names, which have none. */
function checkQuotable(name: string, value: string): string {
  if (!Token.isUnresolved(value) && value.includes("'")) {
    throw new Error(
      `${name} must not contain a single quote: it stands between two of them in the user data`,
    );
  }
  return value;
}
