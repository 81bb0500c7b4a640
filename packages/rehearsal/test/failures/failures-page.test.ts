import { describe, expect, it } from 'vitest';
import { FAILURE_CASES, nameOf } from '../../src/failures/failure-cases.ts';
import { firstLine, renderFailuresPage } from '../../src/failures/failures-page.ts';
import { MUTANTS } from '../../src/run/options.ts';

const [quota] = FAILURE_CASES;
if (!quota) throw new Error('there are no cases');

describe('the page of failures', () => {
  it('has a row for each: what was injected, what the user saw, what to do', () => {
    const page = renderFailuresPage([[quota, { step: 'cloud', reason: 'no quota | <b>\nmore' }]]);
    expect(page).toContain(
      `| ${quota.injected} | \`quota-zero\` | no quota \\| &lt;b> | ${quota.remedy.replaceAll('|', '\\|')} |`,
    );
    expect(page).toContain('- `quota-zero`: Without the verification');
  });

  it('says of an update how many streams there were', () => {
    const update = FAILURE_CASES.find((failure) => failure.update);
    if (!update) throw new Error('no case updates');
    expect(
      renderFailuresPage([[update, { step: 'update', reason: 'x', streams: { all: 70, cut: 0 } }]]),
    ).toContain('(70 streams meanwhile, 0 of them cut)');
  });

  it('shows nothing that is of one run alone, and no more than a line of a table bears', () => {
    expect(firstLine('i-0123456789abcdef0: open /home/me/x/.rehearsal/a failed\nat line 3')).toBe(
      'i-…: open .rehearsal/a failed',
    );
    expect(firstLine('a'.repeat(1_000))).toHaveLength(320);
  });

  it('has every failure that can be injected, each under a name of its own', () => {
    expect(new Set(FAILURE_CASES.map(({ mutant }) => mutant))).toEqual(new Set(MUTANTS));
    expect(new Set(FAILURE_CASES.map(nameOf)).size).toBe(FAILURE_CASES.length);
  });
});
