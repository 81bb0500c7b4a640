import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, missing, NGINX, type Served, startNginx, startServer } from '../nginx.ts';

export const KEY = 'key-of-the-bench-0123456789abcdef';
export const GATEWAY = 'this gateway';
export const DIRECT = 'the engine itself';

/** A way to the engine on its Unix socket. */
export interface ReverseProxy {
  readonly name: string;
  start(options: {
    readonly folder: string;
    readonly socketPath: string;
    readonly core?: number;
  }): Promise<Served>;
}

/** Those that can be run here, the gateway first, and why others cannot. */
export function findProxies(): {
  readonly proxies: readonly ReverseProxy[];
  readonly skipped: readonly string[];
} {
  const reasons = { nginx: missing(NGINX), haproxy: missing('haproxy') };
  const proxies = [
    gateway,
    ...(reasons.nginx === undefined ? [nginx] : []),
    ...(reasons.haproxy === undefined ? [haproxy] : []),
  ];
  return { proxies, skipped: Object.values(reasons).filter((reason) => reason !== undefined) };
}

/** To run a program on one core alone; undefined where that cannot be. */
export function pin(core: number | undefined): readonly string[] {
  return core === undefined ? [] : ['taskset', '-c', String(core)];
}

export function canPin(): boolean {
  return spawnSync('taskset', ['-c', '1', 'true']).status === 0;
}

const gateway: ReverseProxy = {
  name: GATEWAY,
  async start({ socketPath, core }) {
    const port = await freePort();
    const file = fileURLToPath(new URL('gateway-process.ts', import.meta.url));
    return startServer([...pin(core), process.execPath, file, socketPath, KEY, String(port)], port);
  },
};

const nginx: ReverseProxy = {
  name: `nginx ${/[\d.]+/.exec(spawnSync(NGINX, ['-v'], { encoding: 'utf8' }).stderr ?? '')?.[0] ?? ''}`,
  async start({ folder, socketPath, core }) {
    return startNginx({
      folder,
      port: await freePort(),
      prefix: pin(core),
      http: `upstream engine { server unix:${socketPath}; keepalive 64; }`,
      server: `client_max_body_size 16m; client_body_buffer_size 4m;
        location / { proxy_pass http://engine; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }`,
    });
  },
};

const haproxy: ReverseProxy = {
  name: `HAProxy ${/[\d.]+/.exec(spawnSync('haproxy', ['-v'], { encoding: 'utf8' }).stdout ?? '')?.[0] ?? ''}`,
  async start({ folder, socketPath, core }) {
    const port = await freePort();
    const file = join(folder, `haproxy-${port}.cfg`);
    await writeFile(
      file,
      `global
  nbthread 1
  maxconn 8192
defaults
  mode http
  timeout connect 5s
  timeout client 120s
  timeout server 120s
  http-reuse always
listen engine
  bind 127.0.0.1:${port} backlog 4096
  server engine unix@${socketPath}
`,
    );
    return startServer([...pin(core), 'haproxy', '-db', '-f', file], port);
  },
};
