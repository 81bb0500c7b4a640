import { VirtualClock } from '../../../bench/overload/virtual-clock.ts';
import { Admission, type AdmissionRequest, type Ticket } from '../../../src/gateway/admission/admission.ts';
import { MeasuredPace } from '../../../src/gateway/admission/measured-pace.ts';
import { Refusal } from '../../../src/gateway/refusal.ts';

/** Seconds from token to token; nothing else takes time, so that what is predicted is what happens. */
export const STEP_SECONDS = 0.1;

/** One request, as a test describes it. */
export interface Asked {
  readonly key?: string;
  readonly priority?: AdmissionRequest['priority'];
  /** Of the answer, which is as long as asked for; at most 256. */
  readonly tokens: number;
  /** @default 1_000 */
  readonly deadlineSeconds?: number;
}

export interface Told {
  readonly asked: Asked;
  startedAt: number | undefined;
  endedAt: number | undefined;
  refusal: Refusal | undefined;
  ticket: Ticket | undefined;
}

/** Admission before an engine that takes exactly as long as predicted, in virtual time. */
export class ExactEngine {
  readonly clock = new VirtualClock();
  readonly admission: Admission;
  readonly started: Told[] = [];
  running = 0;

  constructor({ places, maxInFlight = 1_000 }: { readonly places: number; readonly maxInFlight?: number }) {
    this.admission = new Admission({
      capacity: () => ({ places, tokens: undefined }),
      maxInFlight,
      clock: this.clock,
      random: () => 0,
      pace: new MeasuredPace({
        promptSeconds: () => 0,
        prepareSeconds: () => 0,
        stepSeconds: () => STEP_SECONDS,
      }),
    });
  }

  ask(asked: Asked): Told {
    const told: Told = {
      ...{ asked, startedAt: undefined, endedAt: undefined },
      ...{ refusal: undefined, ticket: undefined },
    };
    const { key = 'a', priority = 'interactive', tokens, deadlineSeconds = 1_000 } = asked;
    try {
      told.ticket = this.admission.enter({
        key,
        priority,
        work: { pictures: [], textTokens: 0, maxTokens: tokens, choices: 1 },
        deadline: { seconds: deadlineSeconds, isOwn: true },
        stream: false,
        onStart: () => this.#start(told),
        onRefused: (refusal) => {
          told.refusal = refusal;
        },
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      told.refusal = error;
    }
    return told;
  }

  #start(told: Told): void {
    told.startedAt = this.clock.now();
    this.started.push(told);
    this.running += 1;
    const { tokens } = told.asked;
    this.clock.after(tokens * STEP_SECONDS, () => {
      told.endedAt = this.clock.now();
      this.running -= 1;
      told.ticket?.leave({ tokens, wasCut: true });
    });
  }
}
