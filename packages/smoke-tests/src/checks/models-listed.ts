import { ApiError } from '@pixtral-fleet/client';
import type { Check } from '../check.ts';
import { CheckFailure } from '../errors.ts';

/** The key is accepted, and the model that requests will name is served. */
export const modelsListed: Check = {
  name: 'models listed',
  deadlineMs: 20_000,
  advice: 'the served model name is servedModelName in pixtral.config.ts and among the stack outputs',
  async run({ client, endpoint, signal }) {
    const models = await client.models.list({ signal }).catch((error: unknown) => {
      throw error instanceof ApiError && error.status === 401 ? wrongKey(error) : error;
    });
    const model = models.find(({ id }) => id === endpoint.model);
    if (!model) {
      const served = models.map(({ id }) => id).join(', ') || 'no model';
      throw new CheckFailure(`${endpoint.model} is not served; served: ${served}`);
    }
    const { maxModelLen } = model;
    return `${model.id}${maxModelLen === undefined ? '' : `, context ${maxModelLen} tokens`}`;
  },
};

function wrongKey(error: ApiError): CheckFailure {
  return new CheckFailure(error.message, {
    hopeless: 'the API key is wrong',
    advice: 'the API key is in the secret named among the stack outputs; set PIXTRAL_API_KEY to it',
  });
}
