import type { ResponseInfo } from '../errors/errors.ts';

/** Status and headers of an answer; headers are only joined when somebody asks for them. */
export class ResponseHead implements ResponseInfo {
  readonly status: number;
  readonly instanceId: string | undefined;
  readonly requestId: string | undefined;
  readonly #received: Readonly<Record<string, string | string[] | undefined>>;

  constructor(status: number, received: Readonly<Record<string, string | string[] | undefined>>) {
    this.status = status;
    this.#received = received;
    this.instanceId = joined(received['x-pixtral-instance']);
    this.requestId = joined(received['x-request-id']);
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get headers(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(this.#received).map(([name, value]) => [name, joined(value) ?? '']),
    );
  }

  toJSON(): ResponseInfo {
    const { status, headers, instanceId, requestId } = this;
    return { status, headers, instanceId, requestId };
  }
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
