/** Side of a block of a JPEG. */
export const BLOCK = 8;

const COSINES = Array.from({ length: BLOCK }, (_, frequency) =>
  Array.from({ length: BLOCK }, (_, at) => {
    const scale = frequency === 0 ? Math.SQRT1_2 : 1;
    return (scale / 2) * Math.cos(((2 * at + 1) * frequency * Math.PI) / (2 * BLOCK));
  }),
);

/** The forward discrete cosine transform of a block (ITU T.81, A.3.3), row by row, rows first, then columns. */
export function transformBlock(levelAt: (x: number, y: number) => number): number[] {
  const rows = COSINES.map(() => new Float64Array(BLOCK));
  for (let y = 0; y < BLOCK; y++) {
    const levels = Array.from({ length: BLOCK }, (_, x) => levelAt(x, y));
    for (const [u, cosines] of COSINES.entries()) {
      const row = rows[y];
      if (row) row[u] = sumOf(cosines, (x) => levels[x] ?? 0);
    }
  }
  return COSINES.flatMap((cosines) =>
    Array.from({ length: BLOCK }, (_, u) => sumOf(cosines, (y) => rows[y]?.[u] ?? 0)),
  );
}

function sumOf(cosines: readonly number[], levelOf: (at: number) => number): number {
  let sum = 0;
  for (const [at, cosine] of cosines.entries()) sum += cosine * levelOf(at);
  return sum;
}

/** Places of a block in the order in which a JPEG writes them, along its diagonals by turns (ITU T.81, figure 5). */
export const ZIGZAG: readonly number[] = Array.from({ length: BLOCK * BLOCK }, (_, at) => at).sort(
  (one, other) => diagonalOf(one) - diagonalOf(other) || alongDiagonal(one) - alongDiagonal(other),
);

function diagonalOf(at: number): number {
  return Math.floor(at / BLOCK) + (at % BLOCK);
}

function alongDiagonal(at: number): number {
  return diagonalOf(at) % 2 === 0 ? at % BLOCK : Math.floor(at / BLOCK);
}
