/** What is measured; `limit` is the goal for this client: a ratio to raw dispatch, or MB. */
export const WORKS = {
  text: { title: 'small text, concurrency 32', unit: 'CPU µs a request', limit: 2, concurrency: 32 },
  image: {
    title: '1 MiB image from a file, concurrency 32',
    unit: 'CPU µs a request',
    limit: 0.3,
    concurrency: 32,
  },
  stream: { title: 'paced stream, 32 at once', unit: 'CPU µs a chunk', limit: 1.5, concurrency: 32 },
  memory: {
    title: '1 MiB images, concurrency 64, answers after 200 ms',
    unit: 'most memory, MB',
    limit: 160,
    concurrency: 64,
  },
} as const;
export type WorkName = keyof typeof WORKS;

export interface Cell {
  readonly client: string;
  readonly work: WorkName;
  readonly base: string;
  readonly picture: string;
  readonly requests: number;
  readonly warmUp: number;
  readonly concurrency: number;
}

export interface Measured {
  readonly cpuMicros: number;
  readonly maxRssMb: number;
}
