import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { RehearsalError } from '../../run/failure.ts';
import type { ChaosInstance } from '../chaos-instance.ts';
import { type Act, type Stage, until, victimOf } from './stage.ts';
import { terminate, untilGone } from './terminations.ts';

/** The real watchdog waits 30 s (`WatchdogSec=` of the agent's unit). */
const WATCHDOG_MS = 20_000;

const OUTAGE_MS = 12_000;

const JUMP_MS = 3_600_000;
const JUMPED_MS = 4_000;

export const engineKill: Act = async (stage, happening) => {
  await killEngine(stage, victimOf(happening));
  happening.mark('the model server is killed');
};

export const engineHang: Act = async (stage, happening) => {
  const victim = victimOf(happening);
  const pid = await enginePid(victim);
  await tellToHang(victim.controlSocket);
  happening.mark('the model server gives no token any more');
  await until(stage, `the agent of ${victim.id} did not end its model server`, async () => {
    const now = await victim.enginePid();
    return now !== pid;
  });
  happening.mark('the agent has ended it');
};

export const agentKill: Act = async (stage, happening) => {
  await killAgent(stage, victimOf(happening));
  happening.mark('the agent is killed');
};

export const agentHang: Act = async (stage, happening) => {
  const victim = victimOf(happening);
  victim.signalAgent('SIGSTOP');
  happening.mark('the agent is stopped');
  await sleep(WATCHDOG_MS, undefined, { signal: stage.signal });
  await killAgent(stage, victim);
  happening.mark('the watchdog has killed it');
};

export const awsRefuses: Act = (stage, happening) => withoutAws(stage, happening, 'refuse');

export const awsHangs: Act = (stage, happening) => withoutAws(stage, happening, 'black-hole');

/** An instance is terminated while its agent cannot reach AWS: the drain needs nobody, the hook's end does. */
async function withoutAws(
  stage: Stage,
  happening: Parameters<Act>[1],
  acceptance: 'refuse' | 'black-hole',
): Promise<void> {
  const victim = victimOf(happening);
  const { awsProxy } = stage;
  awsProxy.acceptance = acceptance;
  if (acceptance === 'refuse') awsProxy.resetAll();
  else awsProxy.blackHoleAll();
  happening.mark('instances do not reach AWS');
  try {
    await terminate(stage, victim, false);
    happening.mark(`the group terminates ${victim.id}`);
    await sleep(OUTAGE_MS, undefined, { signal: stage.signal });
  } finally {
    awsProxy.heal();
  }
  happening.mark('instances reach AWS again');
  await untilGone(stage, victim);
  happening.mark(`${victim.id} is gone`);
}

export const clockForward: Act = (stage, happening) => jump(stage, happening, JUMP_MS);

export const clockBack: Act = (stage, happening) => jump(stage, happening, -JUMP_MS);

async function jump(stage: Stage, { mark }: Parameters<Act>[1], shiftMs: number): Promise<void> {
  await stage.setClock(shiftMs);
  mark(`clocks are ${shiftMs / 60_000} minutes off`);
  await sleep(JUMPED_MS, undefined, { signal: stage.signal });
  await stage.setClock(0);
  mark('clocks are right again');
}

export const diskFull: Act = async (stage, happening) => {
  const victim = victimOf(happening);
  await victim.disk?.fill();
  happening.mark('the disk is full');
  try {
    await killEngine(stage, victim);
    happening.mark('the model server is killed');
    await until(stage, `${victim.id} did not serve again on a full disk`, () => victim.isReady());
    happening.mark('it serves again');
  } finally {
    await victim.disk?.empty();
  }
};

export const diskFullRestart: Act = async (stage, happening) => {
  const victim = victimOf(happening);
  await victim.disk?.fill();
  happening.mark('the disk is full');
  try {
    await killAgent(stage, victim);
    happening.mark('the agent is killed');
    await until(stage, `${victim.id} neither served again nor was replaced`, async () => {
      return stage.cloud.fleet.instance(victim.id) === undefined || (await victim.isReady());
    });
    happening.mark(stage.cloud.fleet.instance(victim.id) ? 'it serves again' : 'it was replaced');
  } finally {
    if (stage.cloud.fleet.instance(victim.id)) await victim.disk?.empty();
  }
};

async function killEngine(stage: Stage, victim: ChaosInstance): Promise<void> {
  process.kill(await enginePid(victim), 'SIGKILL');
  await until(
    stage,
    `${victim.id} did not notice the end of its model server`,
    async () => !(await victim.isReady()),
  );
}

async function killAgent(stage: Stage, victim: ChaosInstance): Promise<void> {
  const ended = victim.agentEnded();
  victim.signalAgent('SIGKILL');
  await ended;
  stage.signal.throwIfAborted();
}

async function enginePid(victim: ChaosInstance): Promise<number> {
  const pid = await victim.enginePid();
  if (pid === undefined) throw new RehearsalError(`no model server found on ${victim.id}`);
  return pid;
}

/** By the simulator's own control socket. */
function tellToHang(socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'PATCH', path: '/behaviour' }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`the simulator answered ${answer.statusCode}, expected 200`));
      });
    });
    asked.once('error', reject);
    asked.end('{"hang": true}');
  });
}
