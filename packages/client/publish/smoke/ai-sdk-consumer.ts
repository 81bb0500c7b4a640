// Without the checks of library declarations: those of the AI SDK need types that it does not name.
import { createClient } from '@pixtral-fleet/client';
import { createPixtral, type PixtralOptions } from '@pixtral-fleet/client/ai-sdk';

const client = createClient({ baseUrl: 'http://127.0.0.1:1', model: 'm' });
export const modelId: string = createPixtral(client)('m').modelId;
export const options: PixtralOptions = { min_p: 0.1 };
