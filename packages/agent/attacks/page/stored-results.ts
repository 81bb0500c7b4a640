import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineKind } from '../attack.ts';
import { CORPUS } from '../corpus/index.ts';
import type { BareResult, GatewayResult } from '../judge.ts';
import type { AttackResult } from '../run-corpus.ts';

/** What was seen of one attack the last time that it was written down. */
export interface StoredResult {
  readonly id: string;
  readonly bare: Pick<BareResult, 'kind' | 'seen'>;
  readonly gateway: Pick<GatewayResult, 'seen'>;
}

export type StoredResults = Readonly<Record<EngineKind, readonly StoredResult[]>>;

const fileOf = (kind: EngineKind) => join(import.meta.dirname, '..', 'results', `${kind}.json`);

export function readStoredResults(): StoredResults {
  const read = (kind: EngineKind): StoredResult[] => JSON.parse(readFileSync(fileOf(kind), 'utf8'));
  return { simulator: read('simulator'), vllm: read('vllm') };
}

/** Puts new results in the place of old ones; those of attacks that are not there any more go. */
export function storeResults(kind: EngineKind, results: readonly AttackResult[]): void {
  const known = new Map(readStoredResults()[kind].map((result) => [result.id, result]));
  for (const { attack, bare, gateway } of results) {
    known.set(attack.id, {
      id: attack.id,
      bare: { kind: bare.kind, seen: plain(bare.seen) },
      gateway: { seen: plain(gateway.seen) },
    });
  }
  const inOrder = CORPUS.flatMap(({ id }) => known.get(id) ?? []);
  writeFileSync(fileOf(kind), `${JSON.stringify(inOrder, null, 2)}\n`);
}

/** Without the ports of one run. */
function plain(text: string): string {
  return text.replaceAll(/(127\.0\.0\.1|localhost|2130706433|x7f\.1|\]):\d{4,5}/g, '$1:PORT');
}
