import type { z } from 'zod';
import { checkConfig, type Surroundings } from './checks/index.ts';
import { ConfigError } from './config-error.ts';
import { configSchema, optionsAt, type ResolvedConfig } from './config-schema.ts';
import { nearestOption } from './nearest-option.ts';

/**
 * Applies the defaults and checks what one field alone cannot tell. Resolving twice changes nothing.
 * @throws ConfigError that names the field, what was got, what is allowed and what to change.
 */
export function resolveConfig(
  config: unknown,
  surroundings: Surroundings = { vpcGiven: false },
): ResolvedConfig {
  const result = configSchema.safeParse(config);
  if (!result.success)
    throw new ConfigError(`pixtral.config.ts: ${result.error.issues.map(describeIssue).join('; ')}`);
  const [first] = checkConfig(result.data, surroundings);
  if (first) throw new ConfigError(`pixtral.config.ts: ${first}`);
  return result.data;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    return issue.keys
      .map(
        (key) =>
          `${where}unknown option "${key}"; did you mean "${nearestOption(key, optionsAt(issue.path))}"?`,
      )
      .join('; ');
  }
  return `${issue.path.join('.') || 'the config'}: ${issue.message}`;
}
