/** Names of errors that the SDK's credential providers throw, and of services that found credentials out of date. */
export const NO_CREDENTIALS: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
]);

/** Names of errors by which services say that an action is not allowed. */
export const NOT_ALLOWED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'Client.UnauthorizedOperation',
]);

/** What an error says, in one line without its full stop. */
export function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').trim().replace(/\.$/, '') || 'no reason given';
}
