import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { type RehearsalDetails, type RehearsalReport, renderReport } from '../../src/report/index.ts';
import { sampleDetails, sampleReport } from './sample.ts';

const EVIL = `</style></script><img src=x onerror="alert(1)"> ' & <b>`;

function render(change: Partial<RehearsalDetails> = {}, report: Partial<RehearsalReport> = {}) {
  const details = { ...sampleDetails(), ...change };
  const markup = renderReport({ ...sampleReport(details), ...report }, details);
  return { markup, document: parseHTML(markup).document };
}

function textOf(document: ReturnType<typeof render>['document'], selector: string): string {
  return (document.querySelector(selector)?.textContent ?? 'nothing there').replaceAll(/\s+/g, ' ').trim();
}

describe('the report of a rehearsal that went well', () => {
  const { markup, document } = render();

  it('begins with the verdict and the key numbers', () => {
    expect(document.title).toBe('Pixtral Fleet rehearsal: passed');
    expect(textOf(document, 'header')).toBe(
      'Pixtral Fleet rehearsal✓ passed 2026-11-24 04:02 UTC · simulated model servers · the real stack, agents and checks on one machine',
    );
    const numbers = [...document.querySelectorAll('.numbers > div')].map((tile) => tile.textContent);
    expect(numbers).toEqual([
      'Total time55.6 s71 resources in the stack',
      'Instances3slowest boot 6.0 s',
      'Pictures seen right9 of 9asked by the gates',
      'Smoke checks4 of 4passed',
      'Streams cut silently0of 34 in the drill',
      'Left over0nothing after destroy',
    ]);
    expect(document.querySelector('#failure')).toBeNull();
    expect(document.querySelector('main .bad-text')).toBeNull();
  });

  it('draws every step, every instance and every stream', () => {
    for (const { name } of sampleDetails().phases) expect(textOf(document, '#phases svg')).toContain(name);
    for (const { id } of sampleDetails().instances) expect(textOf(document, '#instances svg')).toContain(id);
    const bars = document.querySelectorAll('#drill svg rect, #drill svg path[d^="M"] > title');
    expect(bars.length).toBeGreaterThanOrEqual(sampleDetails().requests.length);
    const titles = [...document.querySelectorAll('#drill svg title')].map((title) => title.textContent ?? '');
    expect(titles).toHaveLength(34);
    expect(
      titles.filter((title) => title.includes('errored-clearly (StreamError: the model server died)')),
    ).toHaveLength(3);
  });

  it('tells the moments of the drill in order', () => {
    const moments = [...document.querySelectorAll('.moments li')].map((item) => item.textContent);
    expect(moments).toEqual([
      '27.5 s i-0a1b2c3d4e5f60001 is terminated under load',
      '33.9 s i-0a1b2c3d4e5f60001 has finished its streams and is gone',
      '35.1 s i-0a1b2c3d4e5f60003 has taken its place',
      '38.9 s the model server of i-0a1b2c3d4e5f60002 is killed',
      '42.0 s the load balancer has taken i-0a1b2c3d4e5f60002 out',
      '47.7 s i-0a1b2c3d4e5f60002 has passed its gate again',
    ]);
  });

  it('shows each picture beside question, expected, answer and verdict', () => {
    const asked = document.querySelectorAll('#pictures .asked');
    expect(asked).toHaveLength(9);
    expect(asked[1]?.querySelector('img')?.getAttribute('src')).toMatch(
      /^data:image\/png;base64,iVBORw0KGgo/,
    );
    expect(asked[1]?.textContent?.replaceAll(/\s+/g, ' ')).toBe(
      'What shape is in the picture? Answer with one word: circle, square, triangle. expectedtriangleanswertriangle verdict✓ right 250 ms',
    );
  });

  it('lists the checks', () => {
    const rows = [...document.querySelectorAll('#checks tbody tr')].map((row) =>
      [...row.querySelectorAll('td')].map((cell) => cell.textContent),
    );
    expect(rows[1]).toEqual(['refuses a wrong key', '✓ passed', '12 ms', '401 invalid_api_key']);
    expect(rows).toHaveLength(4);
  });

  it('refers to nothing outside itself and holds no script', () => {
    expect(document.querySelectorAll('script, link, iframe, object, embed')).toHaveLength(0);
    for (const element of document.querySelectorAll('[src], [href]')) {
      expect(element.getAttribute('src') ?? element.getAttribute('href')).toMatch(/^data:image\/png;base64,/);
    }
    expect(markup).not.toMatch(/url\((?!#)|@import/);
    expect(
      markup.match(/https?:\/\/[^"'\s]*/g)?.filter((url) => !url.startsWith('http://www.w3.org/')) ?? [],
    ).toEqual([]);
    expect(document.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain(
      "default-src 'none'",
    );
  });
});

describe('the report of a rehearsal that failed', () => {
  const failed: Partial<RehearsalDetails> = {
    failure: {
      step: 'gate',
      reason: 'i-1 answered "circle", expected "triangle"',
      log: '.rehearsal/logs/i-1.log',
    },
    phases: [{ name: 'gate', startMs: 0, ms: 1_500, ok: false }],
    requests: [],
    drillEvents: [],
  };

  it('shows first what failed, why and where the log is', () => {
    const { document } = render(failed, { ok: false });
    expect(document.title).toBe('Pixtral Fleet rehearsal: failed');
    expect(document.querySelector('main > :nth-child(2)')?.id).toBe('failure');
    expect(textOf(document, '#failure')).toBe(
      'Failed at: gatei-1 answered "circle", expected "triangle" More in .rehearsal/logs/i-1.log',
    );
    expect(textOf(document, '#phases svg')).toContain('failed after 1.5 s');
    expect(document.querySelector('#drill')).toBeNull();
  });

  it('marks wrong answers, failed checks, silent cuts and what was left over', () => {
    const [first, ...rest] = sampleDetails().pictures;
    if (!first) throw new Error('the sample has no pictures');
    const { document } = render(
      { pictures: [{ ...first, answer: 'blue', ok: false }, ...rest] },
      {
        ...{ ok: false, leftovers: ['process 4711'] },
        checks: [{ name: 'lists the served model', ok: false, ms: 3, evidence: '503' }],
        drill: { streams: 4, completed: 3, truncatedSilently: 1, erroredClearly: 0, terminations: 1 },
      },
    );
    expect(document.querySelectorAll('.asked.bad')).toHaveLength(1);
    expect(textOf(document, '.asked.bad')).toContain('answerblue verdict✗ wrong');
    expect(textOf(document, '#checks')).toContain('✗ failed');
    expect(textOf(document, '#failure')).toBe('What failed Left over after destroy: process 4711');
    expect([...document.querySelectorAll('.numbers .bad-text')].map((number) => number.textContent)).toEqual([
      '8 of 9asked by the gates',
      '0 of 1passed',
      '1of 4 in the drill',
      '1process 4711',
    ]);
  });

  it('can be made of nothing but the failure', () => {
    const empty = {
      phases: [],
      instances: [],
      targetStates: [],
      pictures: [],
      requests: [],
      drillEvents: [],
    };
    const { document } = render({ ...failed, ...empty }, { ok: false, checks: [] });
    expect(textOf(document, '#failure')).toContain('Failed at: gate');
    expect(textOf(document, '.numbers')).toContain('Smoke checks0 of 0not run');
  });
});

describe('text from outside', () => {
  it('is never markup, wherever it comes from', () => {
    const { markup, document } = render(
      {
        startedAt: EVIL,
        phases: [{ name: EVIL, startMs: 0, ms: 10, ok: true }],
        instances: [{ id: EVIL, phases: [{ name: EVIL, startMs: 0, ms: 10 }] }],
        pictures: [
          {
            ...{ instanceId: EVIL, question: EVIL, expected: EVIL, answer: EVIL },
            ok: true,
            ms: 1,
            picture: EVIL,
          },
        ],
        requests: [{ id: EVIL, startMs: 0, endMs: 5, instanceId: EVIL, outcome: 'completed', error: EVIL }],
        drillEvents: [{ atMs: 1, kind: 'kill', instanceId: EVIL }],
        failure: { step: EVIL, reason: EVIL, log: EVIL },
      },
      { leftovers: [EVIL], checks: [{ name: EVIL, ok: false, ms: 1, evidence: EVIL }] },
    );
    expect(document.querySelectorAll('img, script, [onerror]')).toHaveLength(0);
    expect(markup).not.toContain('<img src=x');
    expect(markup.match(/<\/style>/g)?.length).toBe(1 + document.querySelectorAll('svg style').length);
    expect(textOf(document, '.no-picture')).toBe('no picture');
    expect(document.querySelector('#failure pre')?.textContent).toBe(EVIL);
    expect(document.querySelector('#checks td')?.textContent).toBe(EVIL);
  });
});
