import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import { InvoicesStack } from '../../../../examples/embedded-construct.ts';
import { REPOSITORY } from '../bundle/cache-folder.ts';
import { loadConfig } from '../config/index.ts';
import { acknowledge } from '../constructs/acknowledge.ts';
import { createApp } from '../create-app.ts';
import { offlineContext, PLACEHOLDER_ACCOUNT } from '../offline-context.ts';

/** An app that the repository promises to be sound: its own, or an example. */
export interface SynthTarget {
  /** Unique; names the folder that its assembly goes to. */
  readonly name: string;
  /** Makes the app without an account: look-ups are answered by placeholders. @throws ConfigError */
  readonly createApp: (props: AppProps) => Promise<App>;
}

const CONFIG_ENDING = '.config.ts';
const EXAMPLES = join(REPOSITORY, 'examples');

/** The repository's config first, then every config and construct in `examples/`. */
export function listSynthTargets(): readonly SynthTarget[] {
  const configs = readdirSync(EXAMPLES)
    .filter((file) => file.endsWith(CONFIG_ENDING))
    .map((file) => join(EXAMPLES, file));
  return [join(REPOSITORY, `pixtral${CONFIG_ENDING}`), ...configs].map(configTarget).concat(EMBEDDED);
}

function configTarget(file: string): SynthTarget {
  return {
    name: basename(file, CONFIG_ENDING),
    createApp: async (props) => {
      const config = await loadConfig(file);
      const context = { ...props.context, ...offlineContext(config) };
      return createApp(config, { account: PLACEHOLDER_ACCOUNT, props: { ...props, context } }).app;
    },
  };
}

const EMBEDDED: SynthTarget = {
  name: 'embedded-construct',
  createApp: async (props) => {
    const env = { account: PLACEHOLDER_ACCOUNT, region: 'us-east-1' };
    const app = new App({ ...props, context: { ...props.context, ...offlineContext(env) } });
    const stack = new InvoicesStack(app, 'Invoices', { env });
    acknowledge(stack.node.findChild('Reader'), {
      ids: ['AWSLambdaBasicExecutionRole', 'AWSLambdaVPCAccessExecutionRole'].map(
        (name) => `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${name}]`,
      ),
      reason: "the example's own Lambda: what it needs for its logs and its network interface",
    });
    return app;
  },
};
