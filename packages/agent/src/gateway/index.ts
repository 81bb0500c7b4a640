export { createGateway } from './create-gateway.ts';
export type { EngineActivity } from './engine-proxy.ts';
export { createPictureFetcher } from './fetching/picture-fetcher.ts';
export type { Gateway, GatewayOptions, GatewayState } from './gateway.ts';
export { createPictureNormalizer, type PictureNormalizer } from './normalizing/create-picture-normalizer.ts';
