import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version that the simulator answers like. */
export const RECORDED_VERSION = '0.32.0';

/** The folder with the recordings, their pictures, and the part of the tokenizer that they need. */
export const RECORDINGS: string = join(import.meta.dirname, '..', '..', 'recordings');
const FOLDER: string = join(RECORDINGS, RECORDED_VERSION);

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** With macros, see recordings/README.md. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly bodyRaw?: string;
  readonly noContentType?: boolean;
}

/** One event of a recorded stream, or how many were left out. */
export interface RecordedEvent {
  readonly event?: string;
  readonly data?: unknown;
  readonly comment?: string;
  readonly omitted?: number;
}

export interface RecordedResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Name of a file beside the recording that holds the body. */
  readonly bodyFile?: string;
  readonly sse?: readonly RecordedEvent[];
  readonly sseEvents?: number;
  /** The first bytes of the stream. */
  readonly raw?: string;
  /** Bytes stopped coming. */
  readonly ended?: string;
}

/** One exchange with the real server. */
export interface Recording {
  /** File name without the extension, such as `101-text`. */
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** Flags and variables beyond the usual ones. @default '' */
  readonly server: string;
  readonly request: RecordedRequest | undefined;
  readonly response: RecordedResponse;
  /** Facts from several requests. */
  readonly observed: Readonly<Record<string, unknown>>;
  readonly mediaHits: readonly { readonly path: string; readonly userAgent: string }[];
  /** Prompt tokens of the pictures. @default undefined - not measured, or none */
  readonly imageTokens: number | undefined;
}

/** All recordings in the order of their numbers. */
export function readRecordings(): readonly Recording[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{3}-.*\.json$/.test(name))
    .sort()
    .map((name) => {
      const read = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
      return {
        id: name.replace(/\.json$/, ''),
        title: read.title,
        group: read.group,
        server: read.server === 'default flags' ? '' : (read.server ?? ''),
        request: read.request,
        response: read.response ?? {},
        observed: read.observed ?? {},
        mediaHits: read.mediaHits ?? [],
        imageTokens: read.measured?.imageTokens ?? undefined,
      };
    });
}

/** A file that a recording names: a body beside it, or a picture under `images/`. */
export function readRecordedFile(name: string): Buffer {
  return readFileSync(join(name.startsWith('images/') ? RECORDINGS : FOLDER, name));
}
