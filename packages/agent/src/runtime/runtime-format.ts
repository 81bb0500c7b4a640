/**
 * How a runtime lies in the bucket: as an image that is mounted, or as an archive that is unpacked where images cannot be
 * mounted (no root, no squashfs). Anything else is a folder that is used as it is.
 */
export const RUNTIME_FORMATS = ['squashfs', 'tar.zst'] as const;

export type RuntimeFormat = (typeof RUNTIME_FORMATS)[number];

/** Name of the one file that holds the runtime. */
export function runtimeFileName(format: RuntimeFormat): string {
  return `runtime.${format}`;
}
