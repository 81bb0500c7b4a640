// Loaded into an agent before all else (`--import`): its wall clock differs from the machine's by as many milliseconds as the
// file named by PIXTRAL_CLOCK_FILE says, from then on. What measures durations (performance.now, timers) goes on as it is,
// as when the clock of a machine is set.
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 100;

const file = process.env.PIXTRAL_CLOCK_FILE;
const RealDate = Date;
let shiftMs = 0;

function look() {
  try {
    shiftMs = Number(readFileSync(file, 'utf8')) || 0;
  } catch (error) {
    // No file, no shift.
    if (error.code !== 'ENOENT') throw error;
    shiftMs = 0;
  }
}

if (file) {
  look();
  setInterval(look, LOOK_EVERY_MS).unref();
  globalThis.Date = class ShiftedDate extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(RealDate.now() + shiftMs);
      else super(...args);
    }

    static now() {
      return RealDate.now() + shiftMs;
    }
  };
}
