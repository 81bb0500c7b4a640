/** An action of the emulated AWS, for services whose client nothing else here needs. Resolves to its parsed answer. */
export async function callService(
  endpointUrl: string,
  { service, target, body }: { readonly service: string; readonly target: string; readonly body: object },
) {
  const answer = await fetch(endpointUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${target}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
