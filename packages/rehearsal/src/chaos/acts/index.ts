import type { ChaosKind } from '../kinds.ts';
import * as machine from './machine-faults.ts';
import * as network from './network-faults.ts';
import type { Act } from './stage.ts';
import * as terminations from './terminations.ts';

export { type Happening, type Stage, until } from './stage.ts';

/** How each kind is done. */
export const ACTS: Readonly<Record<ChaosKind, Act>> = {
  'scale-in': terminations.scaleIn,
  refresh: terminations.refresh,
  spot: terminations.spot,
  rebalance: terminations.rebalance,
  sigterm: terminations.sigterm,
  reboot: terminations.reboot,
  'engine-kill': machine.engineKill,
  'engine-hang': machine.engineHang,
  'agent-kill': machine.agentKill,
  'agent-hang': machine.agentHang,
  'api-refused': machine.awsRefuses,
  'api-hangs': machine.awsHangs,
  'clock-forward': machine.clockForward,
  'clock-back': machine.clockBack,
  'disk-full': machine.diskFull,
  'disk-full-restart': machine.diskFullRestart,
  'client-latency': network.clientLatency,
  'client-reset': network.clientReset,
  'client-fin': network.clientFin,
  'client-black-hole': network.clientBlackHole,
  'client-half-open': network.clientHalfOpen,
  'target-latency': network.targetLatency,
  'target-reset': network.targetReset,
  'target-fin': network.targetFin,
  'target-black-hole': network.targetBlackHole,
  'target-half-open': network.targetHalfOpen,
};
