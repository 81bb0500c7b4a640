export { createGateway, type Gateway, type GatewayOptions, type GatewayState } from './create-gateway.ts';
export type { EngineActivity } from './engine-proxy.ts';
export { createPictureFetcher } from './fetching/picture-fetcher.ts';
export { createPictureNormalizer, type PictureNormalizer } from './normalizing/create-picture-normalizer.ts';
