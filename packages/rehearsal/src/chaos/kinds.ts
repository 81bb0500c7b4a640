/** Ways in which an instance ends that leave it time: nothing may be cut by them. */
export const TERMINATION_KINDS = ['scale-in', 'refresh', 'spot', 'rebalance', 'sigterm', 'reboot'] as const;

/** What breaks without asking: streams may be cut by it, and must be told so. */
export const FAULT_KINDS = [
  'engine-kill',
  'engine-hang',
  'agent-kill',
  'agent-hang',
  'api-refused',
  'api-hangs',
  'clock-forward',
  'clock-back',
  'disk-full',
  'disk-full-restart',
  'client-latency',
  'client-reset',
  'client-fin',
  'client-black-hole',
  'client-half-open',
  'target-latency',
  'target-reset',
  'target-fin',
  'target-black-hole',
  'target-half-open',
] as const;

export type TerminationKind = (typeof TERMINATION_KINDS)[number];
export type FaultKind = (typeof FAULT_KINDS)[number];
export type ChaosKind = TerminationKind | FaultKind;

export const CHAOS_KINDS: readonly ChaosKind[] = [...TERMINATION_KINDS, ...FAULT_KINDS];

export interface KindFacts {
  /** What is done, for people. */
  readonly what: string;
  /**
   * - `none`: no stream may be cut.
   * - `told`: streams may be cut, and their clients see an error.
   * - `own-limit`: as `told`; and nobody but the client's own time limit can tell it, since the fault lies between it and
   *   the balancer.
   */
  readonly mayCut: 'none' | 'told' | 'own-limit';
  /** Whether it happens to one instance, which then must have streams open. */
  readonly hitsOne: boolean;
}

const ORDERLY = { mayCut: 'none', hitsOne: true } as const;

export const KIND_FACTS: Readonly<Record<ChaosKind, KindFacts>> = {
  'scale-in': {
    what: 'the group is asked for one instance less, and then for as many as before',
    ...ORDERLY,
  },
  refresh: {
    what: 'an instance refresh replaces every instance, one at a time',
    mayCut: 'none',
    hitsOne: false,
  },
  spot: {
    what: 'the two-minute notice of Spot; EC2 takes the instance when its agent has left, and the group replaces it',
    ...ORDERLY,
  },
  rebalance: {
    what: 'a rebalance recommendation; the group launches another instance and then terminates this one',
    ...ORDERLY,
  },
  sigterm: { what: 'SIGTERM for the agent, which is started again when it has ended', ...ORDERLY },
  reboot: {
    what: 'SIGTERM for the agent; then everything is killed, `/run` is empty, and after 2 s the agent is started',
    ...ORDERLY,
  },
  'engine-kill': { what: 'SIGKILL for the model server', mayCut: 'told', hitsOne: true },
  'engine-hang': {
    what: 'the model server gives no token any more, while `/health` says 200',
    mayCut: 'told',
    hitsOne: true,
  },
  'agent-kill': {
    what: 'SIGKILL for the agent; its model server is ended and it is started again after 5 s, as its unit says',
    mayCut: 'told',
    hitsOne: true,
  },
  'agent-hang': {
    what: 'SIGSTOP for the agent for 20 s, then SIGKILL and a start, as the watchdog of its unit does after 30 s',
    mayCut: 'told',
    hitsOne: true,
  },
  'api-refused': {
    what: 'AWS refuses every connection for 12 s; the instance is terminated meanwhile',
    mayCut: 'none',
    hitsOne: true,
  },
  'api-hangs': {
    what: 'AWS takes connections and answers nothing for 12 s; the instance is terminated meanwhile',
    mayCut: 'none',
    hitsOne: true,
  },
  'clock-forward': {
    what: 'the clocks of all agents jump an hour ahead, and back after 4 s',
    mayCut: 'none',
    hitsOne: false,
  },
  'clock-back': {
    what: 'the clocks of all agents jump back an hour, and ahead after 4 s',
    mayCut: 'none',
    hitsOne: false,
  },
  'disk-full': {
    what: 'the state folder is full, and the model server is killed',
    mayCut: 'told',
    hitsOne: true,
  },
  'disk-full-restart': {
    what: 'the state folder is full, and the agent is killed',
    mayCut: 'told',
    hitsOne: true,
  },
  'client-latency': {
    what: '100 to 400 ms more, either way, between clients and balancer for 6 s',
    mayCut: 'none',
    hitsOne: false,
  },
  'client-reset': { what: 'every connection of clients is reset', mayCut: 'told', hitsOne: false },
  'client-fin': {
    what: 'every connection of clients is closed in the middle of its answer (FIN)',
    mayCut: 'told',
    hitsOne: false,
  },
  'client-black-hole': {
    what: 'nothing passes between clients and balancer on connections that stay open, for 6 s; theirs stays lost',
    mayCut: 'own-limit',
    hitsOne: false,
  },
  'client-half-open': {
    what: 'the balancer sees the clients’ connections closed, the clients do not',
    mayCut: 'own-limit',
    hitsOne: false,
  },
  'target-latency': {
    what: '100 to 400 ms more, either way, between balancer and instance for 6 s',
    mayCut: 'none',
    hitsOne: true,
  },
  'target-reset': {
    what: 'every connection between balancer and instance is reset',
    mayCut: 'told',
    hitsOne: true,
  },
  'target-fin': {
    what: 'every connection between balancer and instance is closed in the middle of its answer (FIN)',
    mayCut: 'told',
    hitsOne: true,
  },
  'target-black-hole': {
    what: 'nothing passes between balancer and instance on connections that stay open, for 16 s',
    mayCut: 'told',
    hitsOne: true,
  },
  'target-half-open': {
    what: 'the instance sees the balancer’s connections closed, the balancer does not',
    mayCut: 'told',
    hitsOne: true,
  },
};

export function isTermination(kind: ChaosKind): kind is TerminationKind {
  return (TERMINATION_KINDS as readonly string[]).includes(kind);
}
