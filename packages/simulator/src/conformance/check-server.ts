import { isRecord } from '../json.ts';
import { type ServerAddress, sendRequest } from './send-request.ts';

/** Of the recorded server; error texts and `/v1/models` name them. */
const EXPECTED = { id: 'pixtral-12b', max_model_len: 16_384 };

/** @throws Error when there is no server, or one that was started in another way than the recorded one */
export async function checkServer(address: ServerAddress): Promise<void> {
  const { status, text } = await sendRequest(
    address,
    { method: 'GET', path: '/v1/models' },
    { mediaPort: 0 },
  );
  const [model] = status === 200 ? readModels(text) : [];
  if (model?.id === EXPECTED.id && model.max_model_len === EXPECTED.max_model_len) return;
  const got = model ? `${model.id} with ${model.max_model_len} tokens` : `status ${status}`;
  throw new Error(
    `the server serves ${got}, expected ${EXPECTED.id} with ${EXPECTED.max_model_len} tokens: start it with the flags in docs/upgrading-vllm.md`,
  );
}

function readModels(text: string): readonly Readonly<Record<string, unknown>>[] {
  const body: unknown = JSON.parse(text);
  return isRecord(body) && Array.isArray(body.data) ? body.data.filter(isRecord) : [];
}
