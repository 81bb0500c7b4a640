import type { UntimedBalancerEvent } from './balancer-event.ts';
import type { ReportedHealth } from './target-table.ts';

export interface HealthReporterOptions {
  readonly report: ((targetGroupArn: string, states: ReportedHealth) => Promise<void>) | undefined;
  readonly emit: (event: UntimedBalancerEvent) => void;
}

/** Passes target states on, one report at a time, the latest state of each group last; a failed report is told and not repeated. */
export class HealthReporter {
  readonly #options: HealthReporterOptions;
  readonly #pending = new Map<string, ReportedHealth>();
  #running: Promise<void> | undefined;

  constructor(options: HealthReporterOptions) {
    this.#options = options;
  }

  push(targetGroupArn: string, states: ReportedHealth): void {
    if (!this.#options.report) return;
    this.#pending.set(targetGroupArn, states);
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when everything has been reported. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #drain(): Promise<void> {
    for (;;) {
      // Lets changes of the same moment become one report.
      await Promise.resolve();
      const next = this.#pending.entries().next();
      if (next.done) return;
      const [arn, states] = next.value;
      this.#pending.delete(arn);
      try {
        await this.#options.report?.(arn, states);
      } catch (error) {
        this.#options.emit({
          type: 'report-failed',
          message: error instanceof Error ? error.message : String(error),
        });
      }
    }
  }
}
