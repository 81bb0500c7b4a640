export { ConfigError } from './config-error.ts';
export { loadConfig } from './load-config.ts';
export {
  type CapacityConfig,
  defineConfig,
  type PixtralConfig,
  type ResolvedConfig,
} from './pixtral-config.ts';
export { resolveConfig } from './resolve-config.ts';
