import { BalancerConfigError } from './balancer-config-error.ts';

/** Key and value pairs as `Describe…Attributes` gives them. */
export type Attributes = readonly {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}[];

/** The attribute's value; undefined when it is absent or empty. */
export function attributeOf(attributes: Attributes, key: string): string | undefined {
  return attributes.find((attribute) => attribute.Key === key)?.Value || undefined;
}

/** A number within AWS's bounds. Throws a BalancerConfigError that names them. */
export function numberOf(
  resource: string,
  attributes: Attributes,
  rule: { readonly key: string; readonly fallback: number; readonly min: number; readonly max: number },
): number {
  const value = attributeOf(attributes, rule.key);
  if (value === undefined) return rule.fallback;
  const number = Number(value);
  if (!(number >= rule.min && number <= rule.max)) {
    throw new BalancerConfigError(resource, `${rule.key} must be ${rule.min} to ${rule.max}, got "${value}"`);
  }
  return number;
}
