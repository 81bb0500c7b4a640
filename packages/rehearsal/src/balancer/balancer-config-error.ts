/** The deployed load balancer asks for something that the twin does not do: told at once rather than played wrongly. */
export class BalancerConfigError extends Error {
  override readonly name = 'BalancerConfigError' as const;
  /** What it was found in: a listener, rule or target group. */
  readonly resource: string;

  constructor(resource: string, message: string) {
    super(`${resource}: ${message}`);
    this.resource = resource;
  }
}
