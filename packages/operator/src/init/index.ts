export { type ConfigWishes, chooseConfig } from './choose-config.ts';
export { renderConfig } from './render-config.ts';
