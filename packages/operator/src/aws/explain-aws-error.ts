import { firstLine, NO_CREDENTIALS, NOT_ALLOWED } from './aws-error-names.ts';

/**
 * An error of the AWS SDK in words for an operator, with what to do; undefined for an error that is none of AWS's.
 * @param profile what `aws sso login` would need. @default - the default profile
 */
export function explainAwsError(
  error: unknown,
  profile: string | undefined = process.env.AWS_PROFILE,
): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (NO_CREDENTIALS.has(error.name)) {
    const login = profile === undefined ? 'aws sso login' : `aws sso login --profile ${profile}`;
    return `AWS takes no credentials from here (${firstLine(error.message)}): run "${login}", or set AWS_PROFILE or --profile to one that is valid`;
  }
  if (!('$metadata' in error)) return undefined;
  if (NOT_ALLOWED.has(error.name)) {
    return `AWS does not allow it: ${firstLine(error.message)}; give this action to whoever the credentials belong to`;
  }
  return `AWS answered ${error.name}: ${firstLine(error.message)}`;
}
