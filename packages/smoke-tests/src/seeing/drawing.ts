import type { Raster } from './raster.ts';

/** A question with its answer and the pictures it is about, before they are encoded. */
export interface Drawing {
  readonly question: string;
  readonly expected: string;
  readonly rasters: readonly Raster[];
}
