import { expect, test } from 'vitest';
import { renderBootPage } from '../../src/boot/boot-page.ts';
import { CheckList, type CheckResult, expectEqual } from '../../src/boot/check-list.ts';

test('a check that fails is told with what was got and expected, and the next one runs', async () => {
  const told: CheckResult[] = [];
  const checks = new CheckList((result) => told.push(result));
  await checks.run('a', 'differs', () => {
    expectEqual('files', ['x'], []);
    return 'never';
  });
  await checks.run('b', 'is right', async () => 'seen');
  expect(told.map(({ name, ok, seen }) => ({ name, ok, seen }))).toEqual([
    { name: 'differs', ok: false, seen: 'files: got ["x"], expected []' },
    { name: 'is right', ok: true, seen: 'seen' },
  ]);
  expect(checks.results).toEqual(told);
});

test('the page has a row for each check, whatever it has seen', () => {
  const page = renderBootPage({
    checks: [{ group: 'boot', name: 'a | b', ok: true, ms: 1_234, seen: 'two\nlines' }],
    phases: [{ name: 'cloud', startMs: 0, ms: 2_000, ok: true }],
    seconds: 60,
    suite: 'bookworm',
  });
  expect(page).toContain('| boot | a \\| b | 1.2 s | two lines |\n');
  expect(page).toContain('| cloud | 2.0 s |\n');
});
