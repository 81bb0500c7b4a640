import { describe, expect, it } from 'vitest';
import { bodyMemoryMiB } from '../../src/body-memory.ts';
import { resolveConfig } from '../../src/config/index.ts';

describe('memory for request bodies', () => {
  it('is an eighth of the smallest instance type by default', () => {
    expect(bodyMemoryMiB(resolveConfig({}))).toBe(4_096);
    expect(bodyMemoryMiB(resolveConfig({ instanceTypes: ['g5.4xlarge', 'g6e.2xlarge'] }))).toBe(8_192);
  });

  it.each([55, 4_096, 8_192])('may be %d MiB', (bodyMemoryMiB) => {
    expect(resolveConfig({ gateway: { bodyMemoryMiB } }).gateway.bodyMemoryMiB).toBe(bodyMemoryMiB);
  });

  it.each([54, 8_193])('may not be %d MiB', (memory) => {
    expect(() => resolveConfig({ gateway: { bodyMemoryMiB: memory } })).toThrow(
      `gateway.bodyMemoryMiB must be 55 to 8192, got ${memory}: one body of maxImages 4 pictures takes 55 MiB, and more than a quarter of the memory of the smallest instance type is missing to the model server`,
    );
  });
});
