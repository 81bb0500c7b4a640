import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from '../proxy/fault-proxy.ts';
import { type Act, type Happening, type Stage, until, victimOf } from './stage.ts';

const LATENCY = { least: 100, most: 400 };
const SLOW_MS = 6_000;

/** Longer than the balancer waits for a silent target, and than two of its health checks take to fail. */
const TARGET_HOLE_MS = 16_000;
const CLIENT_HOLE_MS = 6_000;

type Cut = 'resetAll' | 'finishAll' | 'halfOpenAll';

function slowDown(proxyOf: (stage: Stage, happening: Happening) => FaultProxy): Act {
  return async (stage, happening) => {
    const proxy = proxyOf(stage, happening);
    proxy.setLatency(LATENCY);
    happening.mark('the network is slow');
    await sleep(SLOW_MS, undefined, { signal: stage.signal });
    proxy.heal();
    happening.mark('the network is as before');
  };
}

/** What is lost stays lost until its streams have ended; then it is reset, so that nobody uses it again. */
function cut(proxyOf: (stage: Stage, happening: Happening) => FaultProxy, how: Cut): Act {
  return async (stage, happening) => {
    const proxy = proxyOf(stage, happening);
    const { load, mutant } = stage;
    const connections = proxy.openConnections;
    if (how === 'finishAll' && mutant === 'silent-end') proxy.endCleanlyAll();
    else proxy[how]();
    const at = load.now();
    happening.mark(`${connections} connections are cut`);
    await until(stage, 'streams of before did not end', () => !load.hasOpenFrom(at));
    proxy.heal();
  };
}

function swallow(proxyOf: (stage: Stage, happening: Happening) => FaultProxy, forMs: number): Act {
  return async (stage, happening) => {
    const proxy = proxyOf(stage, happening);
    const { load } = stage;
    proxy.acceptance = 'black-hole';
    proxy.blackHoleAll();
    happening.mark('nothing passes any more');
    await sleep(forMs, undefined, { signal: stage.signal });
    proxy.acceptance = 'pass';
    const at = load.now();
    happening.mark('new connections pass; old ones are lost');
    await until(stage, 'streams of before did not end', () => !load.hasOpenFrom(at));
    proxy.heal();
  };
}

const ofClients = (stage: Stage) => stage.clientProxy;
const ofVictim = (_stage: Stage, happening: Happening) => victimOf(happening).proxy;

export const clientLatency: Act = slowDown(ofClients);
export const clientReset: Act = cut(ofClients, 'resetAll');
export const clientFin: Act = cut(ofClients, 'finishAll');
export const clientHalfOpen: Act = cut(ofClients, 'halfOpenAll');
export const clientBlackHole: Act = swallow(ofClients, CLIENT_HOLE_MS);
export const targetLatency: Act = slowDown(ofVictim);
export const targetReset: Act = cut(ofVictim, 'resetAll');
export const targetFin: Act = cut(ofVictim, 'finishAll');
export const targetHalfOpen: Act = cut(ofVictim, 'halfOpenAll');
export const targetBlackHole: Act = swallow(ofVictim, TARGET_HOLE_MS);
