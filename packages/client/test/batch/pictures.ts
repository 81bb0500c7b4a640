import type { BatchItem } from '../../src/index.ts';

/** The smallest PNG: one pixel. */
export const PNG: Uint8Array = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

/** Items whose question is their id, so that a server can tell them apart. */
export function items(count: number): BatchItem[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `item ${index}`,
    image: PNG,
    question: `item ${index}`,
  }));
}
