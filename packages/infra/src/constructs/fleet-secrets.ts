import { RemovalPolicy } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { acknowledge } from './acknowledge.ts';
import { encryptionKey } from './encryption-key.ts';

/** Key that clients send, and the Hugging Face token of whoever fills the bucket. Neither value is in the template. */
export class FleetSecrets extends Construct {
  readonly apiKey: secretsmanager.Secret;
  /** Generated as a placeholder; put a real token in before gated weights are fetched. No instance may read it. */
  readonly huggingFaceToken: secretsmanager.Secret;

  constructor(scope: Construct, id: string, props: { readonly config: ResolvedConfig }) {
    super(scope, id);
    const common = {
      removalPolicy: props.config.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...encryptionKey(this, props.config),
    };
    this.apiKey = new secretsmanager.Secret(this, 'ApiKey', {
      description: 'Pixtral API key: plain, or {"keys": ["new", "old"]} while it is replaced',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      ...common,
    });
    this.huggingFaceToken = new secretsmanager.Secret(this, 'HuggingFaceToken', {
      description: 'Hugging Face token for fetching the checkpoint; put the real one in',
      ...common,
    });
    acknowledge(this, {
      ids: ['SMG4'],
      reason:
        'keys are replaced by people: two are valid at the same time, and clients must get the new one first',
    });
  }
}
