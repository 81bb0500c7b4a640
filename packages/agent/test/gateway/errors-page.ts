import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { REFUSED_PICTURES } from './pictures/refused-pictures.ts';
import {
  REFUSED_CONSTRAINTS,
  REFUSED_FIELDS,
  REFUSED_MESSAGES,
  type RefusedRequest,
} from './request/refused-requests.ts';

const PAGE = fileURLToPath(new URL('../../../../docs/errors.md', import.meta.url));
const START = '<!-- generated: what a request is refused with -->';
const END = '<!-- end of generated part -->';

/** The page as it is, and as the cases of the tests make it. */
export function errorsPage(): { readonly written: string; readonly expected: string } {
  const written = readFileSync(PAGE, 'utf8');
  const start = written.indexOf(START) + START.length;
  const end = written.indexOf(END);
  return { written, expected: `${written.slice(0, start)}\n\n${generatedPart()}\n${written.slice(end)}` };
}

/** Makes the page anew. */
export function writeErrorsPage(): void {
  writeFileSync(PAGE, errorsPage().expected);
}

function generatedPart(): string {
  const pictures = REFUSED_PICTURES.map(({ what, message }) => `| ${what} | ${cell(message)} |`);
  return [
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
