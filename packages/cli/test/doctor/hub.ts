import { createServer } from 'node:http';

/** A hub of this test: `open/...` for everybody, other repositories for one token. */
export interface Hub {
  readonly url: string;
  /** Paths that were asked for, with the token that came along. */
  readonly asked: readonly { readonly path: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

export async function startHub(rules: {
  readonly open: RegExp;
  readonly token: string;
  readonly revision: string;
}): Promise<Hub> {
  const asked: { path: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, authorization: request.headers.authorization });
    const allowed = rules.open.test(path) || request.headers.authorization === `Bearer ${rules.token}`;
    const known = path.includes(`/resolve/${rules.revision}/`);
    response.writeHead(allowed ? (known ? 200 : 404) : 401).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
