export { readApiKeys, readDatedApiKeys } from './aws/read-api-keys.ts';
export {
  type ApiKey,
  findFullKeys,
  formatApiKeys,
  isDefaultKey,
  KEY_SCOPES,
  type KeyScope,
  parseApiKeys,
} from './config/api-keys.ts';
export {
  type GatewayLimits,
  type InstanceConfig,
  InstanceConfigError,
  type InstanceTypeOverride,
  type NormalizeLimits,
  parseInstanceConfig,
  type RequestLimits,
} from './config/instance-config.ts';
export type { Manifest, ManifestFile } from './files/manifest.ts';
export type { PictureBucket, PictureSources } from './gateway/fetching/picture-source.ts';
export {
  INSTANCE_PLATFORM,
  listWorkerPackages,
  type PackageFile,
} from './gateway/normalizing/worker-packages.ts';
export {
  BOOT_PHASES,
  type BootPhase,
  type BootReport,
  type EngineRestart,
  parseBootReport,
} from './report/boot-report.ts';
export { type RuntimeFormat, runtimeFileName } from './runtime/runtime-format.ts';
export { type BuildRuntimeOptions, buildRuntime } from './seeder/build-runtime.ts';
export { type ChosenFormat, chooseRuntimeFormat } from './seeder/choose-runtime-format.ts';
export { createManifest } from './seeder/create-manifest.ts';
export type { ModelFormat } from './seeder/hub/choose-files.ts';
export { HubClient, type HubClientOptions } from './seeder/hub/hub-client.ts';
export { HubError } from './seeder/hub/hub-error.ts';
export { type ModelPin, modelPinSchema, type PinnedFile, pinModel } from './seeder/hub/model-pin.ts';
export { runtimeKey } from './seeder/runtime-key.ts';
export { findRuntimeRecipe, type RuntimeKind, type RuntimeRecipe } from './seeder/runtime-kinds.ts';
export { type SeedOptions, seed } from './seeder/seed.ts';
export type { PlannedModel, SeedPlan } from './seeder/seed-plan.ts';
