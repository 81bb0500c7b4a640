/** State of a target as a balancer's checks see it. */
export interface PublishedState {
  readonly state: string;
  readonly reason?: string;
}

/**
 * Tells the emulated ELBv2 API what the balancer's health checks saw, so that `DescribeTargetHealth` is true. An action
 * of the emulator's own, hence no SDK command; the authorization header only routes it.
 */
export async function publishTargetHealth(
  endpointUrl: string,
  targetGroupArn: string,
  states: Readonly<Record<string, PublishedState>>,
): Promise<void> {
  const response = await fetch(endpointUrl, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/elasticloadbalancing/aws4_request, SignedHeaders=host, Signature=none',
    },
    body: new URLSearchParams({
      Action: 'RehearsalSetTargetHealth',
      Version: '2015-12-01',
      TargetGroupArn: targetGroupArn,
      States: JSON.stringify(states),
    }),
  });
  if (!response.ok)
    throw new Error(`the emulated AWS refused target health: ${response.status} ${await response.text()}`);
}
