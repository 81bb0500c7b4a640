import { expect, it } from 'vitest';
import { parseStackOutputs, STACK_OUTPUTS } from '../src/outputs.ts';

it('reads every output of the stack', () => {
  const written = Object.fromEntries(STACK_OUTPUTS.map((name) => [name, `value of ${name}`]));
  const parsed = parseStackOutputs({ ...written, ExportsOutputRefVpc: 'of no interest' });
  expect(Object.values(parsed)).toEqual(STACK_OUTPUTS.map((name) => `value of ${name}`));
  expect(parsed.endpointUrl).toBe('value of EndpointUrl');
});

it.each(STACK_OUTPUTS)('fails when %s is missing, empty or no text', (name) => {
  const written = Object.fromEntries(STACK_OUTPUTS.map((output) => [output, 'x']));
  for (const value of [undefined, '', 7]) {
    expect(() => parseStackOutputs({ ...written, [name]: value })).toThrow(name);
  }
});

it('fails when the stack has no outputs at all, saying what to check', () => {
  expect(() => parseStackOutputs(undefined)).toThrowErrorMatchingInlineSnapshot(
    `[Error: the stack has no output EndpointUrl: was it deployed by this version?]`,
  );
});
