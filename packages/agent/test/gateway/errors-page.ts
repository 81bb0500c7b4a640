import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ERROR_STATUSES } from '../../src/gateway/error-statuses.ts';
import { REFUSED_PICTURES } from './pictures/refused-pictures.ts';
import { REFUSED_BODIES } from './request/refused-bodies.ts';
import {
  REFUSED_CONSTRAINTS,
  REFUSED_FIELDS,
  REFUSED_MESSAGES,
  type RefusedRequest,
} from './request/refused-requests.ts';

const PAGE = fileURLToPath(new URL('../../../../docs/errors.md', import.meta.url));
const END = '<!-- end of generated part -->';

/** Made by this file, by the names of their marks. */
const PARTS = {
  'what a request is refused with': requestPart,
  statuses: statusPart,
} as const;

/** The page as it is, and as the code and the cases of the tests make it. */
export function errorsPage(): { readonly written: string; readonly expected: string } {
  const written = readFileSync(PAGE, 'utf8');
  let expected = written;
  for (const [name, make] of Object.entries(PARTS)) {
    const mark = `<!-- generated: ${name} -->`;
    const [before, rest, ...more] = expected.split(mark);
    const end = rest?.indexOf(END) ?? -1;
    if (rest === undefined || end < 0 || more.length > 0)
      throw new Error(`docs/errors.md needs ${mark} once`);
    expected = `${before}${mark}\n\n${make()}\n${rest.slice(end)}`;
  }
  return { written, expected };
}

/** Makes the page anew. */
export function writeErrorsPage(): void {
  writeFileSync(PAGE, errorsPage().expected);
}

function statusPart(): string {
  const rows = Object.entries(ERROR_STATUSES).map(
    ([status, { type, when, remedy }]) => `| ${status} | \`${type}\` | ${cell(when)} | ${cell(remedy)} |`,
  );
  return ['| status | `type` | when | what to do |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function requestPart(): string {
  const pictures = REFUSED_PICTURES.map(({ what, message }) => `| ${what} | ${cell(message)} |`);
  const bodies = REFUSED_BODIES.map(
    ({ what, param, message }) => `| ${what} | ${param === null ? '' : `\`${param}\``} | ${cell(message)} |`,
  );
  return [
    ...[
      '### The body',
      '',
      '400.',
      '',
      '| what is sent | `param` | message |',
      '|---|---|---|',
      ...bodies,
      '',
    ],
    ...section('Fields', REFUSED_FIELDS),
    ...section('Constraints of the answer, and tools', REFUSED_CONSTRAINTS),
    ...section('Messages', REFUSED_MESSAGES),
    '### Pictures',
    '',
    '400; `param` is the path of the picture’s URL, and stands in front of the message.',
    '',
    '| what is sent | message |',
    '|---|---|',
    ...pictures,
    '',
  ].join('\n');
}

function section(title: string, requests: readonly RefusedRequest[]): readonly string[] {
  const rows = requests.map(
    ({ status = 400, param, message }) =>
      `| ${status} | ${param === null ? '' : `\`${param}\``} | ${cell(message)} |`,
  );
  return [`### ${title}`, '', '| status | `param` | message |', '|---|---|---|', ...rows, ''];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
