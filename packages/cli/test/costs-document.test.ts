import { readSection } from '@pixtral-fleet/smoke-tests/write-section';
import { describe, expect, it } from 'vitest';
import { COSTS_DOCUMENT, costsSections } from '../reference/costs-document.ts';

describe('docs/costs.md', () => {
  it.each(Object.entries(costsSections()))(
    'has the %s that are computed now (else: npm run costs -w packages/cli)',
    async (name, text) => {
      expect(await readSection({ document: COSTS_DOCUMENT, name })).toBe(text.trim());
    },
  );
});
