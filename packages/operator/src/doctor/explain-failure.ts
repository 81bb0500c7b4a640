import { firstLine, NO_CREDENTIALS, NOT_ALLOWED } from '../aws/aws-error-names.ts';
import type { DoctorCheck } from './doctor-check.ts';
import { type Finding, fail, skipped, warn } from './finding.ts';

const THROTTLED: ReadonlySet<string> = new Set([
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
]);

/** What an error of a check means: never a stack, and where AWS refuses, the action that is missing. */
export function explainFailure(error: unknown, check: Pick<DoctorCheck, 'actions' | 'needs'>): Finding {
  const { name, message } = asError(error);
  if (NO_CREDENTIALS.has(name)) return skipped('not possible without credentials that AWS takes');
  if (NOT_ALLOWED.has(name)) {
    const actions = check.actions?.join(', ') ?? 'what this check calls';
    return warn(
      `AWS refuses to tell: ${firstLine(message)}`,
      `allow ${actions} to whoever the credentials belong to`,
    );
  }
  if (THROTTLED.has(name)) return warn(`AWS throttled the question (${name})`, 'run pixtral doctor again');
  if (isTimeout(error)) return warn('no answer in time', 'run pixtral doctor again');
  const network = networkCode(error);
  if (network) {
    const what = check.needs === 'internet' ? 'the hub' : 'AWS';
    return skipped(`${what} cannot be reached from here (${network})`);
  }
  return warn(`it could not be found out: ${name}: ${firstLine(message)}`);
}

/** The same for the credentials themselves, without which nothing else can be asked. */
export function explainNoCredentials(error: unknown, profile: string | undefined): Finding {
  const { name, message } = asError(error);
  const flag = profile ? ` --profile ${profile}` : '';
  const network = networkCode(error);
  if (network) {
    return skipped(`AWS cannot be reached from here (${network}); nothing in the account was looked at`);
  }
  if (name === 'SignatureDoesNotMatch' || /signature.*(expired|not yet current)/i.test(message)) {
    return fail(
      `AWS takes no signature of these credentials: ${firstLine(message)}`,
      'compare access key and secret, and the clock of this machine',
    );
  }
  if (/sso/i.test(message) || name === 'TokenProviderError') {
    return fail(`the SSO session is over: ${firstLine(message)}`, `aws sso login${flag}`);
  }
  if (/^Expired/.test(name)) {
    return fail(
      `the credentials are out of date: ${firstLine(message)}`,
      `get new ones: aws sso login${flag}`,
    );
  }
  if (NO_CREDENTIALS.has(name)) {
    return fail(
      `AWS takes no credentials from here: ${firstLine(message)}`,
      profile
        ? `aws configure sso --profile ${profile}, or AWS_PROFILE of one that is valid`
        : 'aws configure sso, then AWS_PROFILE=<name>; or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  }
  return explainFailure(error, { needs: 'aws', actions: ['sts:GetCallerIdentity'] });
}

function asError(error: unknown): { readonly name: string; readonly message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && ['TimeoutError', 'AbortError'].includes(error.name);
}

/** The system's code, such as ENOTFOUND, wherever in the chain of causes it is. */
function networkCode(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code = 'code' in at ? at.code : undefined;
    if (typeof code === 'string' && /^(E[A-Z]+|UND_ERR_\w+)$/.test(code)) return code;
    if (at instanceof AggregateError && at.errors.length > 0) return networkCode(at.errors[0]);
  }
  return undefined;
}
