import type { FileHandle } from 'node:fs/promises';
import { CheckpointError } from '../batch-errors.ts';
import { type CheckpointHeader, formatLine, parseHeader, parseLine } from './checkpoint-line.ts';
import { type FileLine, readLines } from './read-lines.ts';

/** Where the line of a finished item is. */
export interface Place {
  /** Bytes. */
  readonly offset: number;
  readonly length: number;
  readonly ok: boolean;
  readonly input: string;
}

export interface Recovered {
  readonly places: Map<string, Place>;
  /** Where the file is to be cut, in bytes. */
  readonly end: number;
  /** What is to be written there. */
  readonly missing: Buffer | undefined;
}

/**
 * Reads what a batch has left, killed at whatever byte. The last line of an id counts.
 * @throws CheckpointError for a file that is not this work's, or has an unreadable line before its last
 */
export async function recover(path: string, file: FileHandle, header: CheckpointHeader): Promise<Recovered> {
  const places = new Map<string, Place>();
  const first = formatLine(header);
  let end = 0;
  let number = 0;
  for await (const line of readLines(file)) {
    number++;
    if (number === 1) {
      // Killed while the first line was written: what is there is the beginning of it, and nobody's answers.
      if (!line.ended && first.subarray(0, line.length).equals(Buffer.from(line.text))) break;
      checkHeader(path, line, header);
      end = line.length + 1;
      continue;
    }
    const item = parseLine(line.text);
    if (item) {
      const { offset, length } = line;
      places.set(item.id, { offset, length, ok: item.ok, input: item.input });
      end = offset + length + 1;
      // Only the line's end was cut off.
      if (!line.ended) return { places, end: end - 1, missing: Buffer.from('\n') };
    } else if (line.ended) {
      throw new CheckpointError(
        'damaged',
        path,
        `line ${number} is not a finished item, got ${JSON.stringify(line.text.slice(0, 80))}; take that line out to ask its item again`,
      );
    }
  }
  return { places, end, missing: end === 0 ? first : undefined };
}

function checkHeader(path: string, line: FileLine, expected: CheckpointHeader): void {
  const found = line.ended ? parseHeader(line.text) : undefined;
  if (!found) {
    throw new CheckpointError(
      'foreign',
      path,
      `is not the checkpoint of a batch, its first line is ${JSON.stringify(line.text.slice(0, 80))}; give a new file`,
    );
  }
  if (found.fingerprint === expected.fingerprint) return;
  throw new CheckpointError(
    'other-run',
    path,
    `belongs to other work: it was made with ${JSON.stringify(found.work)}, this is ${JSON.stringify(expected.work)}; give a new file`,
  );
}
