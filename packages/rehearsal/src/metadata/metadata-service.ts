import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetadataServiceOptions } from './metadata-options.ts';
import { type MetadataFolder, metadataTree, readMetadata } from './metadata-tree.ts';
import { parseTtl, SessionTokens } from './session-tokens.ts';

const TOKEN_PATH = '/latest/api/token';
const TOKEN_HEADER = 'x-aws-ec2-metadata-token';
const TTL_HEADER = 'x-aws-ec2-metadata-token-ttl-seconds';

/** Every dated version holds what the latest does: cloud-init asks for those of 2009 and 2021. */
const VERSIONED = /^\/(?:latest|\d{4}-\d{2}-\d{2})\/(.*)$/;

const REASONS = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
} as const;

/** The metadata service of one instance. */
export interface MetadataService {
  /** For `AWS_EC2_METADATA_SERVICE_ENDPOINT`. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Serves instance metadata on 127.0.0.1 as EC2 does with `HttpTokens: required`: version 2 only, every read needs a
 * session token, and a token is refused to whatever came through a proxy.
 */
export async function startMetadataService(options: MetadataServiceOptions): Promise<MetadataService> {
  const tree = metadataTree(options);
  const tokens = new SessionTokens(options.now ?? Date.now);
  const server = createServer((request, response) =>
    serve({ request, response, tree, tokens, tokenlessAgent: options.tokenlessAgent }),
  );
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly tree: MetadataFolder;
  readonly tokens: SessionTokens;
  readonly tokenlessAgent: RegExp | undefined;
}

type Refusal = keyof typeof REASONS;

function serve(visit: Visit): void {
  visit.request.resume();
  const refusal = answerVisit(visit);
  if (refusal !== undefined) refuse(visit.response, refusal);
}

/** Answers, or says with which status the request is to be refused. */
function answerVisit(visit: Visit): Refusal | undefined {
  const { request, response, tree, tokens } = visit;
  const path = decodePath(request.url ?? '/');
  if (path === undefined) return 400;
  if (request.method === 'PUT') return path === TOKEN_PATH ? issueToken(visit) : 405;
  if (request.method !== 'GET' && request.method !== 'HEAD') return 405;
  const token = request.headers[TOKEN_HEADER];
  const remaining = typeof token === 'string' ? tokens.remainingSeconds(token) : undefined;
  const trusted = visit.tokenlessAgent?.test(request.headers['user-agent'] ?? '') ?? false;
  if (remaining === undefined && !trusted) return 401;
  const below = VERSIONED.exec(path)?.[1];
  const found = below === undefined ? undefined : readMetadata(tree, below);
  if (found === undefined) return 404;
  answer(response, found, remaining ?? 0);
  return undefined;
}

function issueToken({ request, response, tokens }: Visit): Refusal | undefined {
  // An open proxy on the instance must not hand credentials to the world.
  if (request.headers['x-forwarded-for'] !== undefined) return 403;
  const header = request.headers[TTL_HEADER];
  const ttlSeconds = parseTtl(typeof header === 'string' ? header : undefined);
  if (ttlSeconds === undefined) return 400;
  answer(response, tokens.issue(ttlSeconds), ttlSeconds);
  return undefined;
}

function answer(response: ServerResponse, body: string, ttlSeconds: number): void {
  response.writeHead(200, {
    Server: 'EC2ws',
    'Content-Type': 'text/plain',
    'Content-Length': Buffer.byteLength(body),
    [TTL_HEADER]: ttlSeconds,
  });
  response.end(body);
}

function refuse(response: ServerResponse, status: Refusal): void {
  const title = `${status} - ${REASONS[status]}`;
  const body = [
    '<?xml version="1.0" encoding="iso-8859-1"?>',
    '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">',
    ` <head>\n  <title>${title}</title>\n </head>`,
    ` <body>\n  <h1>${title}</h1>\n </body>`,
    '</html>\n',
  ].join('\n');
  const allow = status === 405 ? { Allow: 'OPTIONS, GET, HEAD, PUT' } : {};
  response.writeHead(status, {
    Server: 'EC2ws',
    'Content-Type': 'text/html',
    'Content-Length': body.length,
    ...allow,
  });
  response.end(body);
}

/** Undefined for what is not a legal percent-encoding. Tag keys may hold characters that need one. */
function decodePath(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '/');
  } catch {
    // A URIError says no more than that.
    return undefined;
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
