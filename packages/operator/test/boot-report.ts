import type { BootReport } from '@pixtral-fleet/agent';

/** A report of an instance that came up in 42 s, changed as a test needs. */
export function bootReport(over: Partial<BootReport> = {}): BootReport {
  return {
    version: 1,
    instanceId: 'i-1',
    launchTemplateVersion: '3',
    ok: true,
    startedAt: '2026-01-01T00:00:00.000Z',
    phases: [
      { name: 'files', startedAt: '2026-01-01T00:00:01.000Z', ms: 20_000 },
      { name: 'gate', startedAt: '2026-01-01T00:00:40.000Z', ms: 2_000 },
    ],
    gate: [gateAnswer(true), gateAnswer(true)],
    restarts: [],
    ...over,
  };
}

export function gateAnswer(ok: boolean): BootReport['gate'][number] {
  return {
    kind: 'colour',
    question: 'What colour is the picture?',
    expected: 'red',
    answer: ok ? 'red' : 'blue',
    ok,
    ms: 100,
    picture: 'data:image/png;base64,',
  };
}
