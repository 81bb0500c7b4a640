import { describe, expect, it } from 'vitest';
import { CORPUS } from '../../attacks/corpus/index.ts';
import { simulatorStarter } from '../../attacks/engines/simulator-engine.ts';
import { GatewayUnderAttack } from '../../attacks/lab/gateway-under-attack.ts';
import type { StartGateway } from '../../attacks/lab/lab.ts';
import { type AttackResult, runCorpus } from '../../attacks/run-corpus.ts';
import { startNoRules } from './no-rules.ts';

/** Some of each group, and none that takes seconds. */
const QUICK = [
  ...['absolute-form', 'host-with-path', 'wrong-keys', 'invocations', 'telling-endpoints'],
  ...[
    'ssrf-loopback',
    'ssrf-mapped',
    'ssrf-redirect',
    'second-load-redirects',
    'backslash-at',
    'name-to-metadata',
  ],
  ...['bomb-256-megapixels', 'turned-jpeg', 'png-polyglot', 'gif-polyglot', 'rare-formats', 'cache-by-name'],
  ...['many-choices', 'chat-template', 'two-keys', 'half-surrogate', 'many-values', 'no-messages'],
  ...['regex-repetitions', 'schema-reference', 'grammar', 'giant-header'],
];

async function run(ids: readonly string[], startGateway: StartGateway): Promise<readonly AttackResult[]> {
  const attacks = CORPUS.filter(({ id }) => ids.includes(id));
  expect(attacks.length).toBe(ids.length);
  return runCorpus({ attacks, engine: simulatorStarter(), startGateway });
}

const notHeld = (results: readonly AttackResult[]) =>
  results.filter(({ gateway }) => gateway.problems.length > 0).map(({ attack }) => attack.id);

describe('the verdict can fail', () => {
  it('for every attack, where nothing has rules', async () => {
    const results = await run(QUICK, startNoRules);
    expect(notHeld(results).toSorted()).toEqual(QUICK.toSorted());
    // Not by the wrong status alone: what proves an attack is seen behind the proxy too.
    const proven = results.filter(({ attack, gateway }) =>
      attack.bare.simulator.kind === 'works' ? gateway.problems.length > 1 : false,
    );
    expect(proven.length).toBeGreaterThan(10);
  });

  it('where a gateway’s limits are broken', async () => {
    const start: StartGateway = (options) =>
      GatewayUnderAttack.start({
        ...options,
        limits: {
          maxImagePixels: 1e9,
          requests: {
            ...{ maxChoices: 100_000, maxMessages: 256, maxTextBytes: 262_144, maxSchemaBytes: 32_768 },
            grammars: true,
          },
        },
      });
    const results = await run(['bomb-256-megapixels', 'many-choices', 'grammar', 'two-keys'], start);
    expect(notHeld(results)).toEqual(['bomb-256-megapixels', 'many-choices', 'grammar']);
  });

  it('and not where the gateway is as it is', async () => {
    const results = await run(['bomb-256-megapixels', 'many-choices', 'grammar', 'two-keys'], (options) =>
      GatewayUnderAttack.start(options),
    );
    expect(notHeld(results)).toEqual([]);
    expect(results.filter(({ bare }) => !bare.asExpected)).toEqual([]);
  });
});
