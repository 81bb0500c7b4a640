import type { GatewayLimits } from '../../../src/config/instance-config.ts';

const limits: GatewayLimits = {
  port: 1,
  maxBodyBytes: 1_000_000,
  bodyMemoryBytes: 1_000_000,
  maxImages: 4,
  maxImagePixels: 16_777_216,
  maxImageBytes: 1_000_000,
  maxInFlight: 1,
  keepAliveSeconds: 1,
  requests: { maxChoices: 4, maxMessages: 64, maxTextBytes: 20_000, maxSchemaBytes: 2_000, grammars: false },
};

export const INSPECT_OPTIONS: {
  readonly servedModelName: string;
  readonly limits: GatewayLimits;
  readonly engineArgs: readonly string[];
} = { servedModelName: 'pixtral-12b', limits, engineArgs: ['--max-model-len', '16384'] };
