const KEPT_LINES = 200;

/** The latest lines that the engine printed, and the one among them that tells why it failed. */
export class EngineLog {
  readonly #lines: string[] = [];
  #rest = '';

  /** Takes output as it comes, cut anywhere; returns the lines that it completes. */
  push(text: string): readonly string[] {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    this.#lines.push(...parts);
    this.#lines.splice(0, Math.max(0, this.#lines.length - KEPT_LINES));
    return parts;
  }

  /**
   * The first cause: of Python's traceback the exception that it ends with, else the first line that reports an error,
   * else the last line. What follows the first failure is its consequence.
   */
  firstCause(): string | undefined {
    const lines = [...this.#lines, this.#rest].map((line) => line.trim()).filter((line) => line !== '');
    const exception = lines.find((line) =>
      /^(\(\w+ pid=\d+\)\s*)?[\w.]*(Error|Exception|Interrupt)\b.*:/.test(line),
    );
    const reported = lines.find((line) => /\b(ERROR|CRITICAL|FATAL)\b|^error:|: error: /.test(line));
    return exception ?? reported ?? lines.at(-1);
  }
}
