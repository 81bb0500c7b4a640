/** Statuses that an Application Load Balancer answers itself, with the reason phrases that it uses. */
const REASONS = {
  400: 'Bad Request',
  405: 'Not Allowed',
  408: 'Request Time-out',
  414: 'Request-URI Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
} as const;

export type ErrorStatus = keyof typeof REASONS;

/** Value of the `Server` header on whatever the load balancer answers itself. */
export const SERVER_NAME = 'awselb/2.0';

export interface ErrorPage {
  readonly status: ErrorStatus;
  readonly reason: string;
  readonly body: string;
}

/** The page that ALB sends, byte for byte: 122 bytes for 502, 162 for 503. */
export function errorPage(status: ErrorStatus): ErrorPage {
  const reason = REASONS[status];
  const title = `${status} ${reason}`;
  const lines = [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '</body>',
    '</html>',
  ];
  return { status, reason, body: lines.map((line) => `${line}\r\n`).join('') };
}
