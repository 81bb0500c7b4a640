export { ConfigError } from './config-error.ts';
export type { ResolvedConfig } from './config-schema.ts';
export { loadConfig } from './load-config.ts';
export { defineConfig, type PixtralConfig } from './pixtral-config.ts';
export { resolveConfig } from './resolve-config.ts';
export type { AdmissionConfig } from './sections/admission-config.ts';
export type { CapacityConfig, ResolvedCapacity } from './sections/capacity-config.ts';
export type { FilesConfig, ResolvedFiles } from './sections/files-config.ts';
export type {
  GatewayConfig,
  PictureBucketConfig,
  PictureUrlsConfig,
  ResolvedGateway,
} from './sections/gateway-config.ts';
export type { InstanceOptions, ResolvedInstance } from './sections/instance-config.ts';
export type { InstanceTypeConfig } from './sections/instance-types-config.ts';
export type {
  DomainConfig,
  ExistingNetwork,
  NetworkConfig,
  OwnNetwork,
  ResolvedNetwork,
} from './sections/network-config.ts';
export type { OperationsConfig, ResolvedOperations } from './sections/operations-config.ts';
export type { ResolvedScaling, ScalingConfig } from './sections/scaling-config.ts';
export type { JwtConfig, ResolvedSecurity, SecurityConfig } from './sections/security-config.ts';
export { type ConfigWarning, findConfigWarnings } from './warnings.ts';
