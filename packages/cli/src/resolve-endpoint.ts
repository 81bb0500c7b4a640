import { type RehearsalEndpoint, readEndpointFile } from '@pixtral-fleet/rehearsal/endpoint-file';
import { DEFAULT_MODEL, type EndpointFlags } from './endpoint-options.ts';
import { UsageError } from './exit-codes.ts';
import { REPOSITORY } from './repository.ts';

/** Flags before environment before a kept rehearsal. Throws a UsageError that names all three ways. */
export async function resolveEndpoint(
  flags: EndpointFlags,
  environment: NodeJS.ProcessEnv = process.env,
  repository: string = REPOSITORY,
): Promise<RehearsalEndpoint> {
  const url = flags.endpoint ?? environment.PIXTRAL_ENDPOINT;
  if (url !== undefined) {
    const apiKey = flags.apiKey ?? environment.PIXTRAL_API_KEY;
    if (!apiKey)
      throw new UsageError(`an API key is needed for ${url}: set PIXTRAL_API_KEY or give --api-key`);
    return { url: checkUrl(url), apiKey, model: flags.model ?? environment.PIXTRAL_MODEL ?? DEFAULT_MODEL };
  }
  const kept = await readEndpointFile(repository);
  if (!kept) {
    throw new UsageError(
      'no endpoint: give --endpoint URL, or set PIXTRAL_ENDPOINT and PIXTRAL_API_KEY, or start one on this machine with "npm start -- --keep"',
    );
  }
  return { ...kept, model: flags.model ?? kept.model };
}

function checkUrl(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new UsageError(
      `endpoint must be an http or https URL such as http://localhost:8080, got ${JSON.stringify(url)}`,
    );
  }
  return url;
}
