import { isRecord } from '../errors/error-body.ts';
import { InvalidRequestError } from '../errors/errors.ts';
import { parseObject } from './chat-completion.ts';
import type { Model } from './chat-types.ts';

/** Reads the answer of `GET /v1/models`. @throws PixtralError when it is no JSON object. */
export function parseModels(text: string): readonly Model[] {
  const { data } = parseObject(text);
  return (Array.isArray(data) ? data : []).filter(isRecord).map((model) => ({
    id: String(model.id),
    maxModelLen: typeof model.max_model_len === 'number' ? model.max_model_len : undefined,
  }));
}

/** vLLM has no route for one model (recording 016). @throws InvalidRequestError that names those that are served. */
export function findModel(models: readonly Model[], id: string): Model {
  const found = models.find((model) => model.id === id);
  if (found) return found;
  const served = models.map((model) => JSON.stringify(model.id)).join(', ');
  throw new InvalidRequestError(`no model ${JSON.stringify(id)} is served; served: ${served || 'none'}`);
}
