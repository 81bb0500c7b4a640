import { checkJsonSchema } from './check-json-schema.ts';
import type { RequestContext } from './request-context.ts';
import { boolean, listOf, oneOf, only, orNull, type Rule, refused, shape, text } from './rules.ts';

/** Tools of one request; each costs prompt tokens. */
const MOST_TOOLS = 64;

const NO_PARSER =
  'this server reads no tool calls, and would ignore it while the prompt is charged for it; it takes --enable-auto-tool-choice and --tool-call-parser among the engine arguments';

const name = text(1, 64);

/** Tools are a matter of the model server's flags: without a parser vLLM takes them and says nothing. */
export function toolFields({ limits, servesTools }: RequestContext): Readonly<Record<string, Rule>> {
  if (!servesTools) {
    return {
      tools: orNull(refused(NO_PARSER)),
      tool_choice: orNull(only('none', NO_PARSER)),
      parallel_tool_calls: orNull(boolean),
    };
  }
  const definition = shape(
    {
      name,
      description: orNull(text(0, 4_096)),
      parameters: orNull((value, at) => checkJsonSchema(value, at, limits.maxSchemaBytes)),
      strict: orNull(boolean),
    },
    { required: ['name'] },
  );
  const tool = shape({ type: oneOf('function'), function: definition }, { required: ['function'] });
  const named = shape(
    { type: oneOf('function'), function: shape({ name }, { required: ['name'] }) },
    { required: ['function'] },
  );
  const word = oneOf('none', 'auto', 'required');
  return {
    tools: orNull(listOf(tool, 1, MOST_TOOLS)),
    tool_choice: orNull((value, at) => (typeof value === 'string' ? word : named)(value, at)),
    parallel_tool_calls: orNull(boolean),
  };
}

/** `tool_calls` of an assistant's message that is sent back. */
export const toolCalls: Rule = listOf(
  shape(
    {
      id: text(1, 128),
      type: oneOf('function'),
      function: shape({ name, arguments: text(0, 65_536) }, { required: ['name', 'arguments'] }),
    },
    { required: ['id', 'function'] },
  ),
  0,
  MOST_TOOLS,
);
