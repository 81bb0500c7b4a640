import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { SeeingAnswer } from '@pixtral-fleet/smoke-tests/seeing';
import type { Logger } from 'pino';
import type { BootPhase, BootPhaseRecord, BootReport, EngineRestart } from './boot-report.ts';

export interface BootLogOptions {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly file: string;
  readonly instanceId: string;
  readonly launchTemplateVersion: string;
  readonly startedAt: Date;
  /** Told of each phase as it begins: the report is written only at the end. @default - nobody is */
  readonly onPhase?: (phase: BootPhase) => void;
  /** Told of each phase that is over, well or not, and of each gate. @default - nobody is */
  readonly onPhaseEnd?: (phase: BootPhase, seconds: number) => void;
  readonly onGate?: (answers: readonly SeeingAnswer[]) => void;
}

export type BootOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Collects what becomes the boot report, and writes it to disk and bucket. */
export class BootLog {
  readonly #options: BootLogOptions;
  readonly #phases: BootPhaseRecord[] = [];
  readonly #restarts: EngineRestart[] = [];
  #gate: readonly SeeingAnswer[] = [];

  constructor(options: BootLogOptions) {
    this.#options = options;
  }

  /** Times a phase; one that throws is recorded too, up to the failure. */
  async time<T>(name: BootPhase, work: () => Promise<T>): Promise<T> {
    const startedAt = new Date();
    this.#options.onPhase?.(name);
    try {
      return await work();
    } finally {
      this.add(name, startedAt);
    }
  }

  add(name: BootPhase, startedAt: Date): void {
    const ms = Date.now() - startedAt.getTime();
    this.#phases.push({ name, startedAt: startedAt.toISOString(), ms });
    this.#options.onPhaseEnd?.(name, ms / 1_000);
  }

  setGate(answers: readonly SeeingAnswer[]): void {
    this.#gate = answers;
    this.#options.onGate?.(answers);
  }

  addRestart(restart: EngineRestart): void {
    this.#restarts.push(restart);
    this.#options.onGate?.(restart.gate);
  }

  /** For an instance that serves: a bucket that does not answer is no reason to end it. */
  async tryToWrite(outcome: BootOutcome, logger: Logger): Promise<void> {
    try {
      await this.write(outcome);
    } catch (error) {
      logger.error({ err: error }, 'the boot report could not be written');
    }
  }

  /** The file appears whole; the object is what verification inside the VPC reads. */
  async write(outcome: BootOutcome): Promise<void> {
    const { instanceId, launchTemplateVersion, startedAt, file } = this.#options;
    const report: BootReport = {
      version: 1,
      instanceId,
      launchTemplateVersion,
      ...outcome,
      startedAt: startedAt.toISOString(),
      phases: this.#phases,
      gate: this.#gate,
      restarts: this.#restarts,
    };
    const text = `${JSON.stringify(report)}\n`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.partial`, text);
    await rename(`${file}.partial`, file);
    await this.#options.s3.send(
      new PutObjectCommand({
        Bucket: this.#options.bucket,
        Key: `${this.#options.prefix}${launchTemplateVersion}/${instanceId}.json`,
        Body: text,
        ContentType: 'application/json',
      }),
    );
  }
}
