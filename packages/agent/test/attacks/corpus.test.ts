import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CORPUS } from '../../attacks/corpus/index.ts';
import { UNTRIED } from '../../attacks/corpus/untried.ts';
import { ATTACKS_PAGE, renderAttacksPage } from '../../attacks/page/render-page.ts';
import { readStoredResults } from '../../attacks/page/stored-results.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..', '..');

it('attacks have names of their own', () => {
  const ids = CORPUS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});

it('the page is made of what is stored, and tells of exactly these attacks', () => {
  const page = readFileSync(join(REPOSITORY, ATTACKS_PAGE), 'utf8');
  expect(page).toBe(renderAttacksPage(readStoredResults()));
  const told = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, id]) => id ?? '');
  expect(told.toSorted()).toEqual(CORPUS.map(({ id }) => id).toSorted());
});

it.each(['simulator', 'vllm'] as const)('what is stored of the %s is what the corpus says', (engine) => {
  const stored = readStoredResults()[engine];
  const said = CORPUS.filter(({ id }) => stored.some((result) => result.id === id));
  expect(stored.map(({ id, bare }) => [id, bare.kind])).toEqual(
    said.map(({ id, bare }) => [id, bare[engine].kind]),
  );
  // The others are told as not run yet: at vLLM's pace a run of all of them takes a while.
  expect(CORPUS.length - stored.length).toBeLessThan(5);
});

it('no advisory is told twice of as tried and not tried, and what stands against it is there', () => {
  const tried = CORPUS.flatMap(({ advisories = [] }) => advisories.map(({ id }) => id)).join(', ');
  for (const { ids, shownIn } of UNTRIED) {
    for (const id of ids.split(', ')) expect(tried).not.toContain(id);
    expect(existsSync(join(REPOSITORY, shownIn)), shownIn).toBe(true);
  }
});

/** vLLM's advisories that a server of pictures must handle, as known on 2026-11-28. */
const ADVISORIES = [
  ...['CVE-2025-6242', 'CVE-2026-24779', 'CVE-2026-25960', 'CVE-2026-34753', 'vllm#57157', 'CVE-2026-22778'],
  ...['CVE-2026-54236', 'CVE-2026-12491', 'CVE-2025-46722', 'CVE-2026-40192', 'CVE-2026-54059'],
  ...['CVE-2026-22773', 'CVE-2026-44222', 'CVE-2025-62372', 'CVE-2025-62164', 'CVE-2026-56340'],
  ...['CVE-2026-55514', 'CVE-2025-61620', 'CVE-2025-62426', 'CVE-2026-34756', 'CVE-2026-55574'],
  ...['CVE-2026-73556', 'CVE-2026-54234', 'CVE-2026-54235', 'CVE-2026-9540', 'CVE-2025-59425'],
  ...['CVE-2026-48746', 'CVE-2025-48956', 'CVE-2024-11041', 'CVE-2024-9052', 'CVE-2024-9053'],
  ...['CVE-2025-29783', 'CVE-2025-32444', 'CVE-2025-47277', 'CVE-2025-30165', 'CVE-2025-30202'],
  ...['CVE-2025-24357', 'CVE-2025-66448', 'CVE-2026-22807', 'CVE-2026-27893', 'CVE-2026-41523'],
  ...['GHSA-3c86-2m5g-59q7', 'CVE-2026-47155', 'CVE-2026-54232', 'vllm#16529'],
];

it('no advisory is forgotten', () => {
  const all = [
    ...CORPUS.flatMap(({ advisories = [] }) => advisories.map(({ id }) => id)),
    ...UNTRIED.map(({ ids }) => ids),
  ].join(', ');
  expect(ADVISORIES.filter((id) => !all.includes(id))).toEqual([]);
});
