import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffPackages } from '../../src/lock/refresh-runtime.ts';

const lockOf = (packages: Readonly<Record<string, string>>) =>
  Object.entries(packages)
    .map(([name, version]) => `${name}==${version} \\\n    --hash=sha256:aa\n    # via vllm==0.1\n`)
    .join('');

describe('what differs between two lock files of a runtime', () => {
  it('is what is new, gone, or of another version', () => {
    const before = lockOf({ anyio: '4.0', torch: '2.13.0', triton: '3.5' });
    const after = lockOf({ anyio: '4.1', torch: '2.13.0', 'xgrammar-core': '0.2' });
    expect(diffPackages(before, after)).toEqual([
      { name: 'anyio', from: '4.0', to: '4.1' },
      { name: 'triton', from: '3.5', to: undefined },
      { name: 'xgrammar-core', from: undefined, to: '0.2' },
    ]);
  });

  it('is nothing between a lock and itself, and turns around with them', () => {
    const packages = fc.dictionary(
      fc.stringMatching(/^[a-z][a-z-]{0,8}[a-z]$/),
      fc.stringMatching(/^\d\.\d+$/),
    );
    fc.assert(
      fc.property(packages, packages, (a, b) => {
        expect(diffPackages(lockOf(a), lockOf(a))).toEqual([]);
        const back = diffPackages(lockOf(b), lockOf(a)).map(({ name, from, to }) => ({
          name,
          from: to,
          to: from,
        }));
        expect(back).toEqual(diffPackages(lockOf(a), lockOf(b)));
      }),
    );
  });
});
