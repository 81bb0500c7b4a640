import type { GatewayLimits } from '../src/config/instance-config.ts';

const MIB = 1_048_576;

/** What a config without options of its own gives a gateway. */
export const USUAL_LIMITS: GatewayLimits = {
  port: 8080,
  maxBodyBytes: 16 * MIB,
  bodyMemoryBytes: 256 * MIB,
  maxImages: 4,
  maxImagePixels: 16_777_216,
  maxImageBytes: 10 * MIB,
  maxInFlight: 64,
  keepAliveSeconds: 315,
  requests: {
    maxChoices: 4,
    maxMessages: 256,
    maxTextBytes: 262_144,
    maxSchemaBytes: 32_768,
    grammars: false,
  },
};
