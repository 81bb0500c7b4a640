/** Everything that there is in the emulated account, as `type identifier`. */
export async function readInventory(endpointUrl: string): Promise<readonly string[]> {
  const answer = await fetch(endpointUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      // The emulator finds the service by the scope; it checks no signature.
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/elasticloadbalancing/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: new URLSearchParams({ Action: 'RehearsalInventory', Version: '2015-12-01' }),
    signal: AbortSignal.timeout(5_000),
  });
  const found: unknown = await answer.json();
  if (!answer.ok || !Array.isArray(found)) {
    throw new Error(`the emulated AWS gave no inventory: status ${answer.status}`);
  }
  return found.map(String);
}

/** What a stack that was deleted has left behind: what there was not before. */
export function findRemains(before: readonly string[], after: readonly string[]): readonly string[] {
  const known = new Set(before);
  return after.filter((resource) => !known.has(resource));
}
