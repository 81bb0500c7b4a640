import type { IncomingMessage, ServerResponse } from 'node:http';

/** The instance metadata service, version 2: nothing without a token. */
export class ScriptedMetadata {
  /** Answers by path below `/latest/meta-data/`; what is not there is a 404. */
  readonly values: Map<string, string> = new Map();
  readonly requests: string[] = [];
  /** Answers with this status instead. */
  broken: number | undefined;
  /** Takes requests and answers none. */
  hangs = false;
  /** Answers these paths with a status instead. */
  readonly faults: Map<string, number> = new Map();
  /** Tokens are refused although they were given out. */
  refusesTokens = false;
  #tokens = 0;

  constructor(instanceId: string) {
    this.values.set('instance-id', instanceId);
    this.values.set('instance-type', 'g5.2xlarge');
    this.values.set('autoscaling/target-lifecycle-state', 'InService');
    this.values.set('iam/security-credentials/', 'role');
    this.values.set(
      'iam/security-credentials/role',
      JSON.stringify({
        Code: 'Success',
        AccessKeyId: 'AKIASCRIPTED',
        SecretAccessKey: 'scripted',
        Token: 'scripted',
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    );
  }

  /** All tokens given out so far are worth nothing any more. */
  expireTokens(): void {
    this.#tokens++;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const { method, url = '' } = request;
    this.requests.push(`${method} ${url}`);
    if (this.hangs) return;
    if (this.broken) return void response.writeHead(this.broken).end();
    if (url === '/latest/api/token') {
      const hasTtl = request.headers['x-aws-ec2-metadata-token-ttl-seconds'] !== undefined;
      if (method !== 'PUT' || !hasTtl) return void response.writeHead(400).end();
      this.#tokens++;
      return void response.end(`token-${this.#tokens}`);
    }
    const isValid = request.headers['x-aws-ec2-metadata-token'] === `token-${this.#tokens}`;
    // Both the agent and the SDK hold a token: any but an expired one is good.
    if ((!isValid && !request.headers['x-aws-ec2-metadata-token']) || this.refusesTokens) {
      return void response.writeHead(401).end();
    }
    const path = url.replace('/latest/meta-data/', '');
    const fault = this.faults.get(path);
    if (fault) return void response.writeHead(fault).end();
    const value = this.values.get(path);
    if (value === undefined) return void response.writeHead(404).end();
    response.end(value);
  }
}
