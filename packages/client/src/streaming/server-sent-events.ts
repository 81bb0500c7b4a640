import { createParser } from 'eventsource-parser';

/** The `data` of each server-sent event, however the bytes were cut. Comments are not events. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let events: string[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event.data) });
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (events.length === 0) continue;
    const ready = events;
    events = [];
    yield* ready;
  }
}
