import { setTimeout as sleep } from 'node:timers/promises';
import type { Sighting } from './attack.ts';
import type { Answer, Target } from './lab/target.ts';

/** Sends; it is harm when the place that nobody may reach was reached meanwhile. */
export async function watchCanary(
  target: Target,
  send: () => Promise<Answer | readonly Answer[]>,
): Promise<Sighting> {
  const before = target.canary.touched;
  const answers = [await send()].flat();
  const touched = target.canary.touched - before;
  return { answers, ...(touched > 0 ? { harm: `the server connected to it ${times(touched)}` } : {}) };
}

/** Refusals are there sooner, also on a busy machine; nothing else has to be. */
const REFUSED_MS = 250;

/** What others have to wait for it to count as harm; alone they take some 10 ms. */
const HELD_UP_MS = 1_000;

/** Sends, and asks for something small all the while; it is harm when that has to wait. */
export async function watchOthers(target: Target, send: () => Promise<Answer>): Promise<Sighting> {
  const attack = send();
  let over = false;
  void attack.then(() => {
    over = true;
  });
  await Promise.race([attack, sleep(REFUSED_MS)]);
  let longest = 0;
  while (!over) {
    const { ms } = await target.honest(120_000);
    longest = Math.max(longest, ms);
  }
  const answer = await attack;
  const harm = longest < HELD_UP_MS ? undefined : `a text chat beside it took ${seconds(longest)}`;
  return { answers: [answer], harm };
}

/** It is harm when the engine takes it at all. */
export async function watchAcceptance(
  send: () => Promise<Answer | readonly Answer[]>,
  harm: string,
): Promise<Sighting> {
  const answers = [await send()].flat();
  const taken = answers.filter(({ status }) => status === 200).length;
  if (taken === 0) return { answers };
  return { answers, harm: answers.length === 1 ? harm : `${taken} of ${answers.length}: ${harm}` };
}

/** It is harm when the server fails over what a client sent. */
export async function watchFailures(send: () => Promise<Answer>): Promise<Sighting> {
  const answer = await send();
  return {
    answers: [answer],
    ...(answer.status >= 500 ? { harm: `${answer.status} ${shortly(answer.text)}` } : {}),
  };
}

const SAMPLE_MS = 20;

/** Sends, and measures by how much the memory grows meanwhile. */
export async function watchMemory<T>(
  target: Target,
  send: () => Promise<T>,
): Promise<{ readonly sent: T; readonly grown: number }> {
  const before = await target.memory();
  let [most, over] = [before, false];
  const attack = send().finally(() => {
    over = true;
  });
  while (!over) {
    await Promise.race([attack, sleep(SAMPLE_MS)]);
    most = Math.max(most, await target.memory());
  }
  return { sent: await attack, grown: most - before };
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

export function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

function shortly(text: string): string {
  const [, message] = /"message":"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  return (message ?? text).slice(0, 100);
}
