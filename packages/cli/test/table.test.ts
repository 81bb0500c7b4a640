import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatTable } from '../src/output/table.ts';

describe('tables', () => {
  it('align numbers to the right and leave no blanks at the ends of lines', () => {
    const text = formatTable({
      head: ['line', 'a month'],
      rows: [
        ['g5.2xlarge × 2', '$1,769.52'],
        ['S3', '$0.42'],
      ],
      align: ['left', 'right'],
    });
    expect(stripVTControlCharacters(text)).toMatchInlineSnapshot(`
      "line              a month
      g5.2xlarge × 2  $1,769.52
      S3                  $0.42"
    `);
  });

  it('wrap long text inside its column', () => {
    const text = formatTable({
      rows: [['quota', 'eight vCPUs are needed, none are allowed']],
      wrapAt: { 1: 20 },
    });
    expect(text).toMatchInlineSnapshot(`
      "quota  eight vCPUs are
             needed, none are
             allowed"
    `);
  });

  it('are empty without rows', () => {
    expect(formatTable({ head: ['a'], rows: [] })).toBe('');
  });
});
