import { describe, expect, it } from 'vitest';
import { resolveRehearsalOptions } from '../../src/run/options.ts';

describe('options of a rehearsal', () => {
  it('asks for two instances and a drill by default', () => {
    expect(resolveRehearsalOptions({ repository: '/r' })).toMatchObject({
      instances: 2,
      drill: true,
      keep: false,
    });
  });

  it('asks for one instance with vLLM, unless told otherwise', () => {
    expect(resolveRehearsalOptions({ repository: '/r', engine: 'vllm' }).instances).toBe(1);
    expect(resolveRehearsalOptions({ repository: '/r', engine: 'vllm', instances: 2 }).instances).toBe(2);
  });

  it('fails for a blind vLLM', () => {
    expect(() => resolveRehearsalOptions({ repository: '/r', engine: 'vllm', mutant: 'blind' })).toThrow(
      'mutant blind needs engine simulated: vLLM has no way to close its eyes',
    );
  });

  it('drills and keeps nothing that was broken on purpose', () => {
    expect(resolveRehearsalOptions({ repository: '/r', mutant: 'blind', keep: true })).toMatchObject({
      drill: false,
      keep: false,
    });
  });

  it('updates only where two versions fit beside each other, and after a deployment that can succeed', () => {
    expect(resolveRehearsalOptions({ repository: '/r', update: true, mutant: 'blind' }).update).toBe(true);
    expect(() => resolveRehearsalOptions({ repository: '/r', update: true, engine: 'vllm' })).toThrow(
      'update needs engine simulated',
    );
    expect(() => resolveRehearsalOptions({ repository: '/r', update: true, mutant: 'corrupt-file' })).toThrow(
      'mutant corrupt-file breaks the first deployment',
    );
  });

  it.each([0, -1, 1.5, Number.NaN, 9])('fails for %s instances', (instances) => {
    expect(() => resolveRehearsalOptions({ repository: '/r', instances })).toThrow(
      new RangeError(`instances must be a whole number from 1 to 8, got ${instances}`),
    );
  });
});
