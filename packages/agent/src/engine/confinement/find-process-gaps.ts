import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessStatus } from './process-status.ts';

/** Of the unit. It owns nothing but what the unit makes for it. */
const USER = 'pixtral-engine';

/** Who may open a GPU on some distributions; they lead to nothing else. */
const GROUPS_OF_GPUS = ['video', 'render'];

const CAPABILITIES = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'];

/** `HF_TOKEN`, `AWS_SECRET_ACCESS_KEY`, `AWS_CONTAINER_CREDENTIALS_FULL_URI`, `CREDENTIALS_DIRECTORY`, … */
const SECRET = /(^|_)(TOKEN|TOKEN_FILE|SECRET|PASSWORD|KEY|KEY_ID|CREDENTIALS)$|(^|_)CREDENTIALS_/;

/** Who a process is, and with which rights. */
export async function findProcessGaps(folder: string, status: ProcessStatus): Promise<readonly string[]> {
  const { uids, gids, fields } = status;
  const gaps: string[] = [];
  if (uids.length === 0 || uids.includes(0)) gaps.push('it runs as root (User)');
  else {
    const user = await nameOf(folder, 'passwd', uids[0]);
    if (user !== USER) gaps.push(`it runs as ${user}, and not as ${USER} (User)`);
  }
  if (gids.length === 0 || gids.includes(0)) gaps.push('its group is root (Group)');
  const others = await otherGroups(folder, status);
  if (others.length > 0) gaps.push(`it is in the groups ${others.join(', ')} (SupplementaryGroups)`);
  if (CAPABILITIES.some((set) => !/^0+$/.test(fields.get(set) ?? ''))) {
    gaps.push('it has capabilities (CapabilityBoundingSet, AmbientCapabilities)');
  }
  if (fields.get('NoNewPrivs') !== '1') gaps.push('it may gain rights (NoNewPrivileges)');
  if (fields.get('Seccomp') !== '2') gaps.push('its system calls are not filtered (SystemCallFilter)');
  const secrets = await secretVariables(folder);
  if (secrets.length > 0) gaps.push(`its environment has ${secrets.join(', ')} (Environment)`);
  return gaps;
}

async function otherGroups(folder: string, { gids, groups }: ProcessStatus): Promise<readonly string[]> {
  const others = groups.filter((group) => !gids.includes(group));
  const names = await Promise.all(others.map((group) => nameOf(folder, 'group', group)));
  return names.filter((name) => !GROUPS_OF_GPUS.includes(name));
}

/** Names alone: values are nobody's business. */
async function secretVariables(folder: string): Promise<readonly string[]> {
  const environment = await readFile(join(folder, 'environ'), 'utf8');
  const names = environment.split('\0').map((variable) => variable.split('=', 1)[0] ?? '');
  return names.filter((name) => SECRET.test(name));
}

/** Of passwd(5) or group(5); the number where it has no name. */
async function nameOf(folder: string, table: 'passwd' | 'group', id: number | undefined): Promise<string> {
  const text = await readFile(join(folder, 'root', 'etc', table), 'utf8');
  const row = text.split('\n').find((line) => line.split(':')[2] === String(id));
  return row?.split(':')[0] ?? String(id);
}
