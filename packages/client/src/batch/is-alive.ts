import type { PixtralClient } from '../pixtral-client.ts';

/** Whether the server answers at all: then it is an item that breaks its answer. */
export function isAlive(client: PixtralClient, signal: AbortSignal): Promise<boolean> {
  return client.models.list({ signal, retries: 0 }).then(
    () => true,
    // Whatever it is, the error of the item says it better.
    () => false,
  );
}
