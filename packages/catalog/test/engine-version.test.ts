import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, VLLM_VERSION, VLLM_VERSION_FLOOR } from '../src/index.ts';

describe('the version of vLLM', () => {
  it('is at or above the floor', () => {
    expect(compareVersions(VLLM_VERSION, VLLM_VERSION_FLOOR)).toBeGreaterThanOrEqual(0);
  });

  it.each(['gpu', 'cpu'])('is the one of the locked %s runtime', (kind) => {
    const lock = readFileSync(
      new URL(`../../agent/runtimes/${kind}/requirements.in`, import.meta.url),
      'utf8',
    );
    expect(lock).toMatch(new RegExp(`^vllm(-cpu)?==${VLLM_VERSION.replaceAll('.', '\\.')}$`, 'm'));
  });
});

describe('comparing versions', () => {
  it('goes by numbers, not by letters', () => {
    expect(compareVersions('0.9.2', '0.28.0')).toBeLessThan(0);
    expect(compareVersions('1.0.0', '0.32.0')).toBeGreaterThan(0);
    expect(compareVersions('0.32.0', '0.32.0')).toBe(0);
    expect(compareVersions('0.32.0', '0.32.1')).toBeLessThan(0);
  });

  it('is turned around when the versions are', () => {
    const version = fc
      .tuple(fc.nat(3), fc.nat(40), fc.nat(3))
      .map(([major, minor, patch]) => `${major}.${minor}.${patch}`);
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) || 0);
        expect(compareVersions(a, b) === 0).toBe(a === b);
      }),
    );
  });

  it.each(['0.32', '0.32.0rc1', 'v0.32.0', ''])('fails for %j', (version) => {
    expect(() => compareVersions(version, '0.32.0')).toThrow('three numbers such as 0.32.0');
  });
});
