import { InvalidRequestError } from '../errors/errors.ts';
import type { ResponseFormat } from '../request/constraint-fields.ts';
import type { StandardJsonSchema, StandardSchema } from './standard-schema.ts';

/** What an answer must be. */
export type OutputFormat<Schema extends StandardSchema> = {
  /** Made with zod, valibot, arktype or any library of Standard Schema. */
  readonly schema: Schema;
  /** What the model is told that it writes. @default 'answer' */
  readonly name?: string;
} & (Schema extends StandardJsonSchema
  ? {
      /** JSON Schema that the server holds the model to. @default - what the schema says of itself */
      readonly jsonSchema?: object;
    }
  : {
      /** JSON Schema that the server holds the model to: this library does not give it by itself. */
      readonly jsonSchema: object;
    });

/**
 * Tells the server what the answer must be. What the model writes is the *input* of the schema: what it transforms or
 * fills in by default comes after.
 * @throws InvalidRequestError when there is no JSON Schema.
 */
export function responseFormat(format: {
  readonly schema: StandardSchema;
  readonly name?: string;
  readonly jsonSchema?: object;
}): ResponseFormat {
  const schema = format.jsonSchema ?? jsonSchemaOf(format.schema);
  return { type: 'json_schema', json_schema: { name: format.name ?? 'answer', schema } };
}

function jsonSchemaOf(schema: StandardSchema): object {
  const { vendor } = schema['~standard'];
  if (!writesJsonSchema(schema)) {
    throw new InvalidRequestError(
      `a schema of ${vendor} does not give its JSON Schema; give it as jsonSchema beside the schema`,
    );
  }
  try {
    return schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidRequestError(
      `this schema of ${vendor} has no JSON Schema: ${reason}; give one as jsonSchema beside the schema`,
      { cause: error },
    );
  }
}

function writesJsonSchema(schema: object): schema is StandardJsonSchema {
  const standard: unknown = Reflect.get(schema, '~standard');
  return typeof standard === 'object' && standard !== null && 'jsonSchema' in standard;
}
