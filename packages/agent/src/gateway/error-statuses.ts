/** A status that the gateway answers with; docs/errors.md is made of these. */
export interface ErrorStatus {
  /** Its name in vLLM. */
  readonly type: string;
  readonly when: string;
  /** What the client is to do. */
  readonly remedy: string;
}

/** What is not here is answered as 500 is named. */
export const ERROR_STATUSES: Readonly<Record<number, ErrorStatus>> = {
  400: {
    type: 'BadRequestError',
    when: 'the request is not what the tables below let through',
    remedy: 'change the field that `param` names',
  },
  401: {
    type: 'AuthenticationError',
    when: 'no key, a wrong one, or one that has expired',
    remedy: 'send `Authorization: Bearer KEY`',
  },
  403: {
    type: 'PermissionDeniedError',
    when: 'the key may not do this',
    remedy: 'use a key with the scope that the message names',
  },
  404: {
    type: 'NotFoundError',
    when: 'another path, or another model',
    remedy: 'use the paths and the model of `pixtral status`',
  },
  405: {
    type: 'MethodNotAllowedError',
    when: 'the path takes another method',
    remedy: 'use one that the header `Allow` names',
  },
  408: {
    type: 'RequestTimeoutError',
    when: 'head or body came too slowly',
    remedy: 'send it again; look at the network',
  },
  413: {
    type: 'RequestEntityTooLargeError',
    when: 'the body is too large',
    remedy: 'send fewer or smaller pictures',
  },
  415: {
    type: 'UnsupportedMediaTypeError',
    when: 'the body is not sent as JSON',
    remedy: 'send `Content-Type: application/json`',
  },
  417: {
    type: 'ExpectationFailedError',
    when: 'the header `Expect` asks for anything but `100-continue`',
    remedy: 'leave it out',
  },
  429: {
    type: 'TooManyRequestsError',
    when: "the key's rate, or the instance's places, are used up",
    remedy: 'wait as long as `Retry-After` says',
  },
  431: {
    type: 'RequestHeaderFieldsTooLargeError',
    when: 'too many or too large headers',
    remedy: 'send fewer',
  },
  500: {
    type: 'InternalServerError',
    when: 'the model server failed on this request',
    remedy: 'ask again once, then look at its log',
  },
  503: {
    type: 'ServiceUnavailableError',
    when: 'the instance starts, goes away, or its model server died, hung or was stopped',
    remedy: 'wait as long as `Retry-After` says, then ask again',
  },
  504: {
    type: 'GatewayTimeoutError',
    when: 'a stream fell silent for `gateway.streamSilenceSeconds`',
    remedy: 'ask again',
  },
};

export function typeOfStatus(status: number): string {
  return ERROR_STATUSES[status]?.type ?? 'InternalServerError';
}
