import { describe, expect, it } from 'vitest';
import { findEngineVersionProblems } from '../../src/config/checks/check-engine-version.ts';
import { findTimeoutProblems } from '../../src/config/checks/check-timeouts.ts';
import { findConfigWarnings, type PixtralConfig, resolveConfig } from '../../src/config/index.ts';
import { planTimeouts } from '../../src/timeouts.ts';

describe('the version of vLLM', () => {
  it('may serve from the floor on', () => {
    expect(findEngineVersionProblems('0.28.0')).toEqual([]);
    expect(findEngineVersionProblems('0.40.0')).toEqual([]);
  });

  it('may not serve below', () => {
    expect(findEngineVersionProblems('0.27.9')).toMatchInlineSnapshot(`
      [
        "vLLM 0.27.9 has published vulnerabilities: 0.28.0 is the oldest that may serve; see docs/upgrading-vllm.md",
      ]
    `);
  });
});

describe('timeouts', () => {
  it.each([
    [{}, 120],
    [{ network: { idleTimeoutSeconds: 60 } }, 50],
    [{ network: { idleTimeoutSeconds: 1 } }, 1],
    [{ gateway: { streamSilenceSeconds: 30 } }, 30],
  ])('end a silent stream before the balancer does: %j', (config, seconds) => {
    const timeouts = planTimeouts(resolveConfig(config));
    expect(timeouts.streamSilence).toBe(seconds);
    expect(findTimeoutProblems(timeouts)).toEqual([]);
  });

  const sound = planTimeouts(resolveConfig({}));

  it('outlast each other', () => {
    expect(findTimeoutProblems(sound)).toEqual([]);
    expect(sound).toMatchObject({ idle: 300, keepAlive: 315, drain: 120, deregistrationDelay: 140 });
  });

  it.each([
    ['a gateway that closes connections before the balancer', { keepAlive: 300 }, 'the gateway keeps'],
    [
      'answers that are wanted later than the balancer waits',
      { answer: 301 },
      'admission.deadlineSeconds (301) must be at most network.idleTimeoutSeconds (300)',
    ],
    [
      'silent streams that the balancer cuts before they are told of',
      { streamSilence: 300 },
      'gateway.streamSilenceSeconds (300) must be less than network.idleTimeoutSeconds (300)',
    ],
    [
      'a balancer that cuts what the drain lets finish',
      { deregistrationDelay: 139 },
      'deregistration delay of 139',
    ],
    [
      'a delay that the balancer does not know',
      { drain: 3_590, deregistrationDelay: 3_610 },
      'at most 3580, got 3590',
    ],
    ['a hook that gives up between two heartbeats', { hookHeartbeat: 10 }, 'wait 10 s for a heartbeat'],
    [
      'a drain that no hook waits for',
      { hookHeartbeat: 30, drain: 3_100, deregistrationDelay: 3_200 },
      'end after 3000 s',
    ],
  ])('fail for %s', (_what, change, problem) => {
    const problems = findTimeoutProblems({ ...sound, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('are checked for every config', () => {
    expect(() => resolveConfig({ drainTimeoutSeconds: 3_580 })).not.toThrow();
    expect(() => resolveConfig({ drainTimeoutSeconds: 3_581 })).toThrow('at most 3580, got 3581');
    expect(() => resolveConfig({ admission: { deadlineSeconds: 301 } })).toThrow('at most network.idle');
  });

  it('follow a balancer that waits for less than answers usually may take', () => {
    const answer = (idleTimeoutSeconds: number, admission = {}) =>
      planTimeouts(resolveConfig({ network: { idleTimeoutSeconds }, admission })).answer;
    expect([answer(300), answer(60), answer(300, { deadlineSeconds: 200 })]).toEqual([120, 60, 200]);
  });
});

describe('pictures and context', () => {
  it('fail when not even one full picture fits with a short answer', () => {
    expect(() => resolveConfig({ maxModelLen: 4_415 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: pixtral.config.ts: maxModelLen must be at least 4416, got 4415: a picture of 1024 × 1024 takes 4160 tokens, a question and a short answer 256]`,
    );
    expect(() => resolveConfig({ maxModelLen: 4_416 })).not.toThrow();
  });

  it('fail when the gate would ask about more pictures than a request may hold', () => {
    expect(() => resolveConfig({ maxImages: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: pixtral.config.ts: maxImages must be at least 4, got 3: the gate asks about as many pictures at once, and would refuse every instance]`,
    );
    expect(() => resolveConfig({ maxImages: 4 })).not.toThrow();
  });

  it('are told with numbers when they fit only in part', () => {
    expect(warningsOf({ maxModelLen: 8_192, maxImages: 4 })).toMatchInlineSnapshot(`
      {
        "image-limits": "maxImages 4 pictures of 1024 × 1024 take 16640 tokens, but maxModelLen is 8192: only 1 fit with a question and a short answer. More are refused unless they are smaller. maxModelLen 16896 would hold them all, if the GPU does",
      }
    `);
    expect(warningsOf({ maxModelLen: 16_896, maxImages: 4 })).toEqual({});
    expect(Object.keys(warningsOf({ maxModelLen: 16_895, maxImages: 4 }))).toEqual(['image-limits']);
  });
});

describe('warnings', () => {
  it('are none for the defaults', () => {
    expect(warningsOf({})).toEqual({});
  });

  it('tell of a certificate that nobody knows the name of', () => {
    const certificateArn =
      'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';
    expect(warningsOf({ network: { certificateArn } })['certificate-without-domain']).toContain(
      'network.domain.name',
    );
    expect(warningsOf({ network: { certificateArn, domain: { name: 'pixtral.example.com' } } })).toEqual({});
  });

  it('tell of types that the region does not have', () => {
    expect(warningsOf({ region: 'eu-west-1' })).toMatchInlineSnapshot(`
      {
        "instance-types-not-offered": "g6.2xlarge, g6e.2xlarge were not offered in eu-west-1 on 2026-08-01: such instances are never launched there. \`pixtral doctor\` asks your account",
      }
    `);
    expect(warningsOf({ region: 'eu-west-1', instanceTypes: ['g5.2xlarge'] })).toEqual({});
  });
});

function warningsOf(config: PixtralConfig): Record<string, string> {
  return Object.fromEntries(
    findConfigWarnings(resolveConfig(config)).map(({ id, message }) => [id, message]),
  );
}
