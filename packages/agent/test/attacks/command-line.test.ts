import { describe, expect, it } from 'vitest';
import { AttackUsageError, parseAttackArguments } from '../../attacks/command-line.ts';

describe('arguments', () => {
  it('attack the simulator with everything by default', () => {
    expect(parseAttackArguments([])).toEqual({
      ...{ engines: ['simulator'], only: undefined, json: false, write: false, help: false },
    });
  });

  it('choose the engine and the attacks; writing takes both engines', () => {
    expect(parseAttackArguments(['--engine', 'vllm', '--only', '^ssrf']).engines).toEqual(['vllm']);
    expect(parseAttackArguments(['--only', '^ssrf']).only).toEqual(/^ssrf/);
    expect(parseAttackArguments(['--write']).engines).toEqual(['simulator', 'vllm']);
  });

  it.each([
    [['--engine', 'tgi'], '--engine must be simulator or vllm, got "tgi"'],
    [['--only', '('], '--only must be a regular expression, got "("'],
    [['--write', '--only', 'a'], '--write runs everything, so --engine and --only do not go with it'],
    [['--wat'], "Unknown option '--wat'"],
  ])('%j is refused', (args, message) => {
    expect(() => parseAttackArguments(args)).toThrow(AttackUsageError);
    expect(() => parseAttackArguments(args)).toThrow(message);
  });
});
