export type {
  InstanceIdentity,
  MetadataServiceOptions,
  RoleCredentials,
  SpotInstanceAction,
} from './metadata-options.ts';
export { type MetadataService, startMetadataService } from './metadata-service.ts';
