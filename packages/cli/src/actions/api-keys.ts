import { addKey, type KeyDescription, listKeys, revokeKey } from '@pixtral-fleet/operator/secrets';
import type { AddKeyFlags, KeysFlags } from '../commands/secret.ts';
import { UsageError } from '../exit-codes.ts';
import { openFleet } from '../open-fleet.ts';
import { print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { findSecret } from './secret.ts';

const SCOPES = ['chat', 'models'] as const;

export async function addNamedKey(name: string, flags: AddKeyFlags): Promise<void> {
  const scopes = (flags.scope ?? SCOPES).map(parseScope);
  const fleet = await openFleet(flags);
  const secretArn = await findSecret(fleet, 'ApiKeySecretArn');
  const { requestsPerMinute, imageTokensPerMinute, expires } = flags;
  const limits = { requestsPerMinute, imageTokensPerMinute, expires };
  const { key } = await addKey(fleet.clients, secretArn, { name, scopes, ...limits });
  const result = { secretArn, name, ...(flags.show ? { key } : {}) };
  const where = flags.show ? `key: ${key}` : `read it in ${secretArn}`;
  print(result, {
    json: flags.json,
    format: () => `the key "${name}" is accepted within a minute\n${where}`,
  });
}

export async function listNamedKeys(flags: KeysFlags): Promise<void> {
  const fleet = await openFleet(flags);
  const secretArn = await findSecret(fleet, 'ApiKeySecretArn');
  const keys = await listKeys(fleet.clients, secretArn);
  print({ secretArn, keys }, { json: flags.json, format: () => formatKeys(keys) });
}

export async function revokeNamedKey(name: string, flags: KeysFlags): Promise<void> {
  const fleet = await openFleet(flags);
  const secretArn = await findSecret(fleet, 'ApiKeySecretArn');
  await revokeKey(fleet.clients, secretArn, name);
  print(
    { secretArn, name },
    { json: flags.json, format: () => `the key "${name}" is refused within a minute` },
  );
}

function parseScope(text: string): KeyDescription['scopes'][number] {
  const scope = SCOPES.find((known) => known === text);
  if (scope) return scope;
  throw new UsageError(`--scope must be one or more of ${SCOPES.join(', ')}, got ${JSON.stringify(text)}`);
}

function formatKeys(keys: readonly KeyDescription[]): string {
  return formatTable({
    head: ['name', 'scopes', 'requests/min', 'image tokens/min', 'created', 'expires'],
    align: ['left', 'left', 'right', 'right'],
    rows: keys.map((key) => [
      key.name,
      key.scopes.join(' '),
      String(key.requestsPerMinute ?? '-'),
      String(key.imageTokensPerMinute ?? '-'),
      key.created ?? '-',
      key.expires ?? '-',
    ]),
  });
}
