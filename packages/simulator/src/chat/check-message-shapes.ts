import { isRecord } from '../json.ts';
import type { Fault } from './validation-error.ts';

interface Shapes {
  readonly faults: readonly Fault[];
  /** More than are worth listing. */
  readonly count: number;
}

/** What a message can be, in pydantic's order, as far as faults are listed. */
const KINDS: readonly (readonly [name: string, role: string])[] = [
  ['ChatCompletionDeveloperMessageParam', 'developer'],
  ['ChatCompletionSystemMessageParam', 'system'],
  ['ChatCompletionUserMessageParam', 'user'],
  ['ChatCompletionAssistantMessageParam', 'assistant'],
];

/**
 * Messages that fit none of the shapes that vLLM knows. For one message pydantic names what is wrong with it as a
 * message of each kind; the first ten of these lines are told (recorded 309, 345, 346).
 */
export function checkMessageShapes(body: Readonly<Record<string, unknown>>): Shapes {
  const { messages } = body;
  const field = 'messages';
  if (messages === undefined) {
    return one({ type: 'missing', field, message: 'Field required', input: body });
  }
  if (!Array.isArray(messages)) {
    return one({ type: 'list_type', field, message: 'Input should be a valid list', input: messages });
  }
  const shapes = messages.map((message, index) => checkMessage(message, `messages.${index}`));
  return {
    faults: shapes.flatMap(({ faults }) => faults),
    count: shapes.reduce((sum, { count }) => sum + count, 0),
  };
}

function one(fault: Fault): Shapes {
  return { faults: [fault], count: 1 };
}

function checkMessage(message: unknown, at: string): Shapes {
  if (!isRecord(message)) {
    return one({
      type: 'dict_type',
      field: at,
      message: 'Input should be a valid dictionary',
      input: message,
    });
  }
  if (message.role === undefined) return { faults: withoutRole(message, at), count: 11 };
  const { role, content } = message;
  const known = KINDS.some(([, name]) => name === role);
  if (!known || content === undefined || typeof content === 'string' || Array.isArray(content)) {
    return { faults: [], count: 0 };
  }
  if (content === null && role === 'assistant') return { faults: [], count: 0 };
  return { faults: wrongContent(String(role), content, at), count: content === null ? 19 : 22 };
}

function withoutRole(message: Readonly<Record<string, unknown>>, at: string): readonly Fault[] {
  const missing = [
    ...KINDS.map(([kind]) => `${kind}.role`),
    ...['ChatCompletionToolMessageParam.role', 'ChatCompletionToolMessageParam.tool_call_id'],
    ...['ChatCompletionFunctionMessageParam.name', 'ChatCompletionFunctionMessageParam.role'],
    ...['CustomChatCompletionMessageParam.role', 'Message.author'],
  ];
  return missing.map((path) => ({
    type: 'missing',
    field: `${at}.${path}`,
    message: 'Field required',
    input: message,
  }));
}

/** Neither text nor a list; an assistant may leave its content out. */
function wrongContent(role: string, content: unknown, at: string): readonly Fault[] {
  const notContent = (kind: string): Fault[] => [
    {
      type: 'string_type',
      field: `${at}.${kind}.content`,
      message: 'Input should be a valid string',
      input: content,
    },
    {
      type: 'iterable_type',
      field: `${at}.${kind}.content`,
      message: 'Input should be iterable',
      input: content,
    },
  ];
  const kinds = KINDS.flatMap(([kind, expected]): readonly Fault[] => {
    const field = `${at}.${kind}.role`;
    const message = `Input should be '${expected}'`;
    const context = { expected: `'${expected}'` };
    const wrongRole =
      role === expected ? [] : [{ type: 'literal_error', field, message, input: role, context }];
    if (expected !== 'assistant') return [...notContent(kind), ...wrongRole];
    return [...wrongRole, ...(content === null ? [] : notContent(kind))];
  });
  return [...kinds, ...notContent('ChatCompletionToolMessageParam')];
}
