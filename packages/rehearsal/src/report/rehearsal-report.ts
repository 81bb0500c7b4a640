/** `.rehearsal/report.json`: the result of a rehearsal for programs. Stable; fields are only ever added. */
export interface RehearsalReport {
  readonly version: 1;
  readonly ok: boolean;
  readonly engine: 'simulated' | 'vllm';
  /** Engine and model in words. */
  readonly model: string;
  /** Steps in the order in which they ended. They overlap, so their times do not add up to the whole. */
  readonly phases: readonly { readonly name: string; readonly ms: number; readonly ok: boolean }[];
  readonly instances: readonly ReportedInstance[];
  readonly checks: readonly ReportedCheck[];
  /** All zero when there was no drill. */
  readonly drill: ReportedDrill;
  /** Absent when the stack was not updated; the streams meanwhile are those of `drill`. */
  readonly update?: ReportedUpdate | undefined;
  readonly template: { readonly resources: number };
  /** What failed, its cause first; absent when nothing did. */
  readonly failure?: { readonly step: string; readonly reason: string } | undefined;
  /** Whatever was still there after destroy: processes, ports, resources. Empty is good. */
  readonly leftovers: readonly string[];
}

export interface ReportedInstance {
  readonly id: string;
  readonly phases: readonly { readonly name: string; readonly ms: number }[];
  /** Whether the gate let it serve; a few wrong answers do not prevent that. */
  readonly passed: boolean;
  /** Answers of the last gate. */
  readonly gate: readonly ReportedAnswer[];
}

export interface ReportedAnswer {
  readonly question: string;
  readonly expected: string;
  readonly answer: string;
  readonly ok: boolean;
}

/** A smoke check. */
export interface ReportedCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly evidence: string;
}

/** A change of the stack under load. */
export interface ReportedUpdate {
  /** Instances that drained and went. */
  readonly replaced: number;
  readonly rolledBack: boolean;
}

/** Numbers of streams by how they ended, and of instances terminated under load. */
export interface ReportedDrill {
  readonly streams: number;
  readonly completed: number;
  readonly truncatedSilently: number;
  readonly erroredClearly: number;
  readonly terminations: number;
}
