import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Refusal } from '../../../src/gateway/refusal.ts';
import { requestFields } from '../../../src/gateway/request/fields.ts';

interface Property {
  readonly type?: string;
  readonly default?: unknown;
  readonly anyOf?: readonly { readonly type?: string }[];
}

const recorded: {
  readonly components: {
    readonly schemas: {
      readonly ChatCompletionRequest: { readonly properties: Readonly<Record<string, Property>> };
    };
  };
} = JSON.parse(
  readFileSync(
    fileURLToPath(new URL('../../../../simulator/recordings/0.32.0/openapi-chat.json', import.meta.url)),
    'utf8',
  ),
);
const properties = Object.entries(recorded.components.schemas.ChatCompletionRequest.properties);
const limits = {
  maxChoices: 4,
  maxMessages: 64,
  maxTextBytes: 1_000,
  maxSchemaBytes: 1_000,
  grammars: true,
};

for (const servesTools of [true, false]) {
  const fields = requestFields({ limits, contextTokens: 4_096, servesTools });

  it(`every field of vLLM 0.32's request is decided (tools: ${servesTools})`, () => {
    expect(properties.length).toBe(68);
    expect(properties.map(([name]) => name).filter((name) => !Object.hasOwn(fields, name))).toEqual([]);
  });

  it(`null is taken only where vLLM takes it (tools: ${servesTools})`, () => {
    const wrongly = properties.filter(([name, { type, anyOf = [] }]) => {
      const isNullable = type === undefined && anyOf.some((each) => each.type === 'null');
      return !isNullable && name !== 'messages' && accepts(fields[name], null, name);
    });
    expect(wrongly.map(([name]) => name)).toEqual([]);
  });
}

it('what vLLM takes for the default of a field is never refused where the field is allowed', () => {
  const fields = requestFields({ limits, contextTokens: 4_096, servesTools: true });
  const refused = properties.filter(
    ([name, { default: usual }]) => usual !== undefined && !accepts(fields[name], usual, name),
  );
  // Fields that are refused whatever they hold.
  expect(refused.map(([name]) => name)).toEqual(['return_token_offsets', 'mm_payload']);
});

function accepts(
  rule: ((value: unknown, at: string) => void) | undefined,
  value: unknown,
  at: string,
): boolean {
  try {
    rule?.(value, at);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
