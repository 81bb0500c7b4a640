/** Titles of the recordings' groups, in the order of their numbers. */
export const GROUPS: Readonly<Record<string, string>> = {
  ops: 'operations',
  chat: 'chat',
  vision: 'vision',
  validation: 'validation',
  streaming: 'streaming',
  routes: 'other routes',
  flags: 'other flags',
  drain: 'SIGTERM',
  burst: 'bursts',
};
