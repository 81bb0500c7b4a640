import { describe, expect, it } from 'vitest';
import { AttackUsageError, parseAttackArguments } from '../../attacks/command-line.ts';

describe('arguments', () => {
  it('attack the simulator with everything by default', () => {
    expect(parseAttackArguments([])).toEqual({
      ...{ engine: 'simulator', only: undefined, json: false, write: false, help: false },
    });
  });

  it('choose the engine and the attacks', () => {
    expect(parseAttackArguments(['--engine', 'vllm']).engine).toBe('vllm');
    expect(parseAttackArguments(['--only', '^ssrf']).only).toEqual(/^ssrf/);
    expect(parseAttackArguments(['--write', '--json'])).toMatchObject({ write: true, json: true });
  });

  it.each([
    [['--engine', 'tgi'], '--engine must be simulator or vllm, got "tgi"'],
    [['--only', '('], '--only must be a regular expression, got "("'],
    [['--wat'], "Unknown option '--wat'"],
  ])('%j is refused', (args, message) => {
    expect(() => parseAttackArguments(args)).toThrow(AttackUsageError);
    expect(() => parseAttackArguments(args)).toThrow(message);
  });
});
