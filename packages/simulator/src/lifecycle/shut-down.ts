import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from '../behaviour.ts';
import type { Simulator } from '../create-simulator.ts';

/** For so long after the end of the engine new requests still get a 500; then they are refused (701). */
const LAST_ANSWERS_MS = 100;

/** From the last client's leaving to the end of the process (704). */
const LAST_STEPS_MS = 500;

const POLL_MS = 20;

/**
 * As recorded (7xx): new requests get a 500 while `/health` stays 200, for as long as `--shutdown-timeout` gives those in
 * flight. What is not done then most often never ends, and the process stays until its clients have left. Resolves when
 * the process may exit.
 */
export async function shutDown(
  simulator: Simulator,
  { timeoutSeconds, behaviour }: { readonly timeoutSeconds: number; readonly behaviour: Behaviour },
): Promise<void> {
  simulator.beginShutdown();
  const deadline = performance.now() + timeoutSeconds * 1_000;
  while (simulator.inFlight > 0 && performance.now() < deadline) await sleep(POLL_MS);
  const unfinished = simulator.inFlight > 0;
  if (!unfinished) await sleep(behaviour.leaveSeconds * 1_000);
  const told = timeoutSeconds === 0 ? 'abort' : 'error';
  simulator.stopEngine(behaviour.tellsOfShutdown ? told : 'silent');
  await sleep(LAST_ANSWERS_MS);
  simulator.stopListening();
  while (simulator.inFlight > 0) await sleep(POLL_MS);
  if (unfinished) await sleep(LAST_STEPS_MS);
  await simulator.close();
}
