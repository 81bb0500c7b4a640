/** Something that was to be reached. */
export interface Goal {
  readonly title: string;
  readonly got: string;
  readonly limit: string;
  readonly met: boolean;
}

/** What a part of the bench found. */
export interface Section {
  /** Of the place in docs/performance.md. */
  readonly name: string;
  readonly text: string;
  readonly goals: readonly Goal[];
}
