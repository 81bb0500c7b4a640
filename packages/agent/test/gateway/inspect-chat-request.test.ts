import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inspectChatRequest } from '../../src/gateway/inspect-chat-request.ts';
import { Refusal } from '../../src/gateway/refusal.ts';

const limits = {
  port: 1,
  maxBodyBytes: 1e6,
  bodyMemoryBytes: 1e7,
  maxImages: 2,
  maxImagePixels: 1e6,
  maxImageBytes: 1e6,
  maxInFlight: 1,
  keepAliveSeconds: 1,
  requests: {
    maxChoices: 4,
    maxMessages: 64,
    maxTextBytes: 1_000_000,
    maxSchemaBytes: 2_000,
    grammars: false,
  },
};

it('throws nothing but a refusal, whatever is sent', () => {
  const part = fc.record({
    type: fc.constantFrom('text', 'image_url', 'x'),
    image_url: fc.oneof(fc.record({ url: fc.string() }), fc.jsonValue()),
  });
  const message = fc.record({
    role: fc.string(),
    content: fc.oneof(fc.string(), fc.array(fc.oneof(part, fc.jsonValue()))),
  });
  const body = fc.record(
    { messages: fc.oneof(fc.array(message), fc.jsonValue()), n: fc.jsonValue() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(body, fc.jsonValue()), (value) => {
      try {
        inspectChatRequest(value, { servedModelName: 'm', limits });
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }),
    { numRuns: 500 },
  );
});
