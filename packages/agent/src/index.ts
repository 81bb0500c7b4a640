export { readApiKeys } from './aws/read-api-keys.ts';
export {
  type GatewayLimits,
  type InstanceConfig,
  InstanceConfigError,
  parseInstanceConfig,
} from './config/instance-config.ts';
export type { Manifest, ManifestFile } from './files/manifest.ts';
export {
  BOOT_PHASES,
  type BootPhase,
  type BootReport,
  type EngineRestart,
  parseBootReport,
} from './report/boot-report.ts';
export { createManifest } from './seeder/create-manifest.ts';
export { type SeedOptions, seed } from './seeder/seed.ts';
