import { styleText } from 'node:util';
import { getBorderCharacters, table as render } from 'table';

/** How a column stands; the first column is to the left, numbers are best to the right. */
export type Alignment = 'left' | 'right';

export interface TableOptions {
  /** Headings, dimmed. @default - none */
  readonly head?: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** One for each column. @default - all to the left */
  readonly align?: readonly Alignment[];
  /** Width in characters at which the text of a column wraps, by the column's index. @default - never */
  readonly wrapAt?: Readonly<Record<number, number>>;
}

/** Columns with two spaces between them, no lines; what every command prints. Empty without rows. */
export function formatTable({ head, rows, align = [], wrapAt = {} }: TableOptions): string {
  if (rows.length === 0) return '';
  const all = head ? [head.map((cell) => styleText('dim', cell)), ...rows] : rows;
  const columns = Object.fromEntries(
    (all[0] ?? []).map((_, index) => {
      const width = wrapAt[index];
      return [
        index,
        { alignment: align[index] ?? 'left', ...(width ? { width, wrapWord: true } : {}) },
      ] as const;
    }),
  );
  const text = render(
    all.map((row) => [...row]),
    {
      border: getBorderCharacters('void'),
      columnDefault: { paddingLeft: 0, paddingRight: 2 },
      columns,
      drawHorizontalLine: () => false,
    },
  );
  return text.replaceAll(/[^\S\n]+$/gm, '').trimEnd();
}
