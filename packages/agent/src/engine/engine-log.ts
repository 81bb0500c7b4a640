/** A start that fails prints a traceback in each of three processes, 240 lines in all; the first one tells. */
const KEPT_LINES = 1_000;

/** vLLM's own marks before what Python says: `(EngineCore_0 pid=1234) ERROR 11-24 04:00:00 [core.py:718] `. */
const MARKS = /^(\([\w ]+ ?pid=\d+\)\s*)?((ERROR|CRITICAL)\s+[\d-]+ [\d:]+ \[[^\]]*\]\s*)?/;

/** `torch.OutOfMemoryError: CUDA out of memory`: the line that ends a traceback, at the margin. */
const EXCEPTION = /^(?:[A-Za-z_][\w.]*)?(Error|Exception|Interrupt|Exit)\b.*:/;

/** What pydantic says comes on the line below: `1 validation error for ModelConfig`, then `Value error, …`. */
const VALIDATION = /: \d+ validation errors? for /;

const REPORTED = /\b(ERROR|CRITICAL|FATAL)\b|\berror: /;

/** The latest lines that the engine printed, and the one among them that tells why it failed. */
export class EngineLog {
  readonly #lines: string[] = [];
  /** One stream's unfinished line must not run into the other's. */
  readonly #rest = { stdout: '', stderr: '' };

  /** Takes output as it comes, cut anywhere; returns the lines that it completes. Progress bars end lines with `\\r`. */
  push(stream: 'stdout' | 'stderr', text: string): readonly string[] {
    const parts = (this.#rest[stream] + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest[stream] = parts.pop() ?? '';
    const lines = parts.filter((line) => line.trim() !== '');
    this.#lines.push(...lines);
    this.#lines.splice(0, this.#lines.length - KEPT_LINES);
    return lines;
  }

  /**
   * The first cause: the first exception that ends a traceback, else the first line that reports an error, else the
   * last line. What follows the first failure is its consequence ("Engine core initialization failed. See root cause above").
   */
  firstCause(): string | undefined {
    return this.firstFailure() ?? this.#latest().at(-1)?.trim();
  }

  /** The same, but undefined where nothing failed: what a killed server said last explains nothing. */
  firstFailure(): string | undefined {
    const lines = this.#latest();
    const plain = lines.map((line) => line.replace(MARKS, ''));
    const at = plain.findIndex((line) => EXCEPTION.test(line));
    const failure = plain[at] ?? lines.find((line) => REPORTED.test(line));
    if (failure === undefined || !VALIDATION.test(failure)) return failure?.trim();
    return (plain[at + 1] ?? failure).replace(/\[type=.*$/, '').trim();
  }

  #latest(): readonly string[] {
    return [...this.#lines, this.#rest.stdout, this.#rest.stderr].filter((line) => line.trim() !== '');
  }
}
