/** The config cannot be used: a mistake to be mended in the file, told without a stack. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError' as const;
}
