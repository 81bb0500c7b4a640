import { type Checkpoint, findCheckpoint } from '@pixtral-fleet/catalog';
import { chooseRevision } from '@pixtral-fleet/infra/files-plan';
import type { DoctorCheck, DoctorContext } from '../doctor-check.ts';
import { type Finding, fail, ok, skipped, warn } from '../finding.ts';
import { type HubToken, readHubToken } from '../read-hub-token.ts';

const HUB = 'https://huggingface.co';

/** A small file that every repository of the layout has. */
const PROBE = { mistral: 'params.json', hf: 'config.json' } as const;

/** Whether the seeder will get the weights: without a token where the hub allows it, else with the one in the secret. */
export const hubAccess: DoctorCheck = {
  id: 'hub',
  needs: 'internet',
  actions: ['cloudformation:DescribeStacks', 'secretsmanager:GetSecretValue'],
  run: async (context) => {
    const { config } = context;
    if (config.files.seeder === 'none') return skipped("not needed: files.seeder is 'none'");
    const ids = new Set(config.instanceTypes.map((entry) => entry.checkpoint ?? config.checkpoint));
    const checkpoints = [...ids].map(findCheckpoint).filter(({ trial }) => !trial);
    if (checkpoints.length === 0) return skipped('not needed: the small model does not come from the hub');
    const absent = await findAbsentSecret(context);
    if (absent) return absent;
    const findings = await Promise.all(checkpoints.map((checkpoint) => look(checkpoint, context)));
    return (
      findings.toSorted((a, b) => ORDER[a.verdict] - ORDER[b.verdict])[0] ?? skipped('nothing to look at')
    );
  },
};

const ORDER = { fail: 0, warn: 1, ok: 2, skipped: 3 } as const;

async function look(checkpoint: Checkpoint, context: DoctorContext): Promise<Finding> {
  const { environment } = context;
  const { repository } = checkpoint;
  const open = await ask(checkpoint, context, undefined);
  if (open < 400) return ok(`${repository} can be read by everybody, without a token`);
  if (open === 404) {
    return fail(
      `${repository} has no revision ${revisionOf(checkpoint, context)}`,
      'revision: one that its page lists',
    );
  }
  if (open !== 401 && open !== 403) return warn(`the hub answered ${open} for ${repository}`);
  const token = await tokenOf(context);
  const page = `accept the conditions at ${environment.HF_ENDPOINT || HUB}/${repository}`;
  const set = 'pixtral secret set-hf-token';
  if (token.value === undefined)
    return fail(`${repository} is gated, and ${token.why}`, `${page}, then ${token.remedy ?? set}`);
  const allowed = await ask(checkpoint, context, token.value);
  if (allowed < 400) return ok(`${repository} is gated, and the token may read it`);
  return fail(
    `${repository} is gated, and the hub answered ${allowed} to the token in the secret`,
    `${page} with the account of the token, or ${set}`,
  );
}

/** The build reads the secret that the config names, whether the hub wants a token or not. */
async function findAbsentSecret(context: DoctorContext): Promise<Finding | undefined> {
  if (context.config.files.huggingFaceTokenSecretArn === undefined || !(await hasCredentials(context))) {
    return undefined;
  }
  const token = await readHubToken(context);
  return token.state === 'missing' ? fail(whyNot(token, context), createSecret(context)) : undefined;
}

async function tokenOf(context: DoctorContext): Promise<{
  readonly value?: string;
  readonly why: string;
  /** @default - the token is put into the secret that there is */
  readonly remedy?: string;
}> {
  if (!(await hasCredentials(context))) {
    return { why: 'without credentials for AWS the token in the secret cannot be tried' };
  }
  const token = await readHubToken(context);
  if (token.state === 'token') return { value: token.value, why: '' };
  const why = whyNot(token, context);
  return token.state === 'placeholder' ? { why } : { why, remedy: createSecret(context) };
}

function whyNot(token: Exclude<HubToken, { readonly state: 'token' }>, { config }: DoctorContext): string {
  if (token.state === 'missing') {
    return `the secret of files.huggingFaceTokenSecretArn does not exist or is empty: ${token.secretArn}`;
  }
  if (token.state === 'placeholder') {
    return config.files.huggingFaceTokenSecretArn === undefined
      ? "the stack's secret holds a placeholder"
      : `the secret of files.huggingFaceTokenSecretArn holds no token: ${token.secretArn}`;
  }
  return `there is no stack ${config.stackName} yet whose secret could hold a token`;
}

/** The token comes by standard input: arguments are seen by every process and kept in the shell's history. */
function createSecret({ config }: DoctorContext): string {
  return `put the token into a secret of your own, by standard input: aws secretsmanager create-secret --region ${config.region} --name PixtralHuggingFaceToken --secret-string file:///dev/stdin --query ARN --output text; then set files.huggingFaceTokenSecretArn to the ARN that it prints`;
}

async function hasCredentials({ caller }: DoctorContext): Promise<boolean> {
  try {
    await caller;
    return true;
  } catch {
    // The check of the credentials says why.
    return false;
  }
}

/** Status of a HEAD request; a redirect to the file's store counts as allowed. */
async function ask(
  checkpoint: Checkpoint,
  context: DoctorContext,
  token: string | undefined,
): Promise<number> {
  const { repository, format } = checkpoint;
  const { environment, fetch: request, signal } = context;
  const hub = environment.HF_ENDPOINT || HUB;
  const revision = revisionOf(checkpoint, context);
  const url = `${hub.replace(/\/$/, '')}/${repository}/resolve/${revision}/${PROBE[format]}`;
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const answer = await request(url, { method: 'HEAD', redirect: 'manual', headers, signal });
  return answer.status;
}

/** What the seeder will fetch. */
function revisionOf({ repository }: Checkpoint, { config, lock }: DoctorContext): string {
  return chooseRevision(config, lock, repository).revision;
}
