import { describe, expect, it } from 'vitest';
import { inspectChatRequest } from '../../../src/gateway/inspect-chat-request.ts';
import { Refusal } from '../../../src/gateway/refusal.ts';
import { requestFields } from '../../../src/gateway/request/fields.ts';
import { INSPECT_OPTIONS } from './inspect-options.ts';
import {
  REFUSED_CONSTRAINTS,
  REFUSED_FIELDS,
  REFUSED_MESSAGES,
  type RefusedRequest,
} from './refused-requests.ts';

const ALL = [...REFUSED_FIELDS, ...REFUSED_CONSTRAINTS, ...REFUSED_MESSAGES];

describe('is refused, with field and reason', () => {
  it.each(ALL.map((request) => [request.message, request] as const))('%s', (_message, request) => {
    expect(refusalOf(request)).toEqual({
      status: request.status ?? 400,
      param: request.param,
      message: request.message,
    });
  });
});

it('there is a refusal for every field', () => {
  const fields = Object.keys(
    requestFields({ limits: INSPECT_OPTIONS.limits.requests, contextTokens: 16_384, servesTools: false }),
  );
  const tried = new Set(ALL.flatMap(({ change }) => Object.keys(change)));
  expect(fields.filter((field) => !tried.has(field))).toEqual([]);
});

it('what people and SDKs send passes', () => {
  const sentBack = {
    ...{ role: 'assistant', content: 'A cat.', refusal: null, annotations: null, audio: null },
    ...{ function_call: null, reasoning: null, tool_calls: [] },
  };
  const inspected = inspectChatRequest(
    {
      model: 'pixtral-12b',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'What is it?' }] },
        sentBack,
        { role: 'user', content: 'Sure?', name: 'ada' },
      ],
      ...{ max_tokens: 100, n: 2, temperature: 0.5, top_p: 1, top_k: -1, stop: 'x', seed: 1 },
      ...{ stream: true, stream_options: { include_usage: true }, logprobs: true, top_logprobs: 3 },
      ...{ tools: null, tool_choice: 'none', user: 'ada', frequency_penalty: null },
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'a',
          strict: true,
          schema: {
            type: 'object',
            properties: {
              pattern: { type: 'string', pattern: '^[a-z]{1,20}$' },
              $ref: { $ref: '#/$defs/b' },
            },
            $defs: { b: { enum: ['(?='] } },
          },
        },
      },
    },
    INSPECT_OPTIONS,
  );
  expect(inspected).toEqual({ stream: true, images: [], maxTokens: 100, choices: 2 });
});

function refusalOf({ change, engineArgs = [] }: RefusedRequest): object | undefined {
  try {
    inspectChatRequest(
      { model: 'pixtral-12b', messages: [{ role: 'user', content: 'Hi' }], ...change },
      { ...INSPECT_OPTIONS, engineArgs: [...INSPECT_OPTIONS.engineArgs, ...engineArgs] },
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, param: error.param, message: error.message };
  }
}
