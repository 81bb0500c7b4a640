/** A file in the bucket is not what its manifest says. Nothing is started from such files. */
export class FileMismatchError extends Error {
  override readonly name = 'FileMismatchError' as const;
  readonly path: string;
  /** Counted from 1; undefined when the file as a whole differs. */
  readonly part: number | undefined;
  readonly what: 'SHA-256' | 'size';

  constructor(details: {
    readonly path: string;
    readonly part?: number;
    readonly parts?: number;
    readonly range?: { readonly start: number; readonly end: number };
    readonly what: 'SHA-256' | 'size';
    readonly expected: string;
    readonly got: string;
  }) {
    const where = details.part
      ? `, part ${details.part} of ${details.parts} (bytes ${details.range?.start}-${details.range?.end})`
      : '';
    super(
      `${details.path} differs from its manifest${where}: ${details.what} is ${details.got}, expected ${details.expected}; seed the files again`,
    );
    this.path = details.path;
    this.part = details.part;
    this.what = details.what;
  }
}
