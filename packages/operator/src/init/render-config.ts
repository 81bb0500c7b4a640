import { inspect } from 'node:util';
import type { PixtralConfig } from '@pixtral-fleet/infra/config';

/** The config as a file to be edited: it loads, and says where everything else that could stand in it is explained. */
export function renderConfig(config: PixtralConfig): string {
  return [
    "import { defineConfig } from '@pixtral-fleet/infra/config';",
    '',
    '// Only what differs from the defaults. Every option, with unit and default: docs/configuration.md',
    `export default defineConfig(${literal(config)});`,
    '',
  ].join('\n');
}

/** Plain data as Node writes it is JavaScript: single quotes, unquoted names. */
function literal(config: PixtralConfig): string {
  if (Object.keys(config).length === 0) return '{}';
  const fields = Object.entries(config).map(([name, value]) => {
    const text = inspect(value, { depth: null, breakLength: 100, compact: 4 });
    return `  ${name}: ${text.replaceAll('\n', '\n  ')},`;
  });
  return `{\n${fields.join('\n')}\n}`;
}
