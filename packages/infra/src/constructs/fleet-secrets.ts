import { RemovalPolicy } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { acknowledge } from './acknowledge.ts';
import { encryptionKey } from './encryption-key.ts';

/** Key that clients send, and the Hugging Face token of whoever fills the bucket. Neither value is in the template. */
export class FleetSecrets extends Construct {
  readonly apiKey: secretsmanager.Secret;
  /** The user's own, else generated as a placeholder: gated weights need a real token. No instance may read it. */
  readonly huggingFaceToken: secretsmanager.ISecret;

  constructor(scope: Construct, id: string, props: { readonly config: ResolvedConfig }) {
    super(scope, id);
    const common = {
      removalPolicy: props.config.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...encryptionKey(this, props.config),
    };
    this.apiKey = new secretsmanager.Secret(this, 'ApiKey', {
      description:
        'Pixtral API keys: one plain, or {"keys": […]} with plain and named ones (pixtral secret list-keys)',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      ...common,
    });
    const { huggingFaceTokenSecretArn: ownArn } = props.config.files;
    this.huggingFaceToken =
      ownArn === undefined
        ? new secretsmanager.Secret(this, 'HuggingFaceToken', {
            description: 'Hugging Face token for fetching the checkpoint; put the real one in',
            ...common,
          })
        : // With the config's key, a grant to read lets that key decrypt, too.
          secretsmanager.Secret.fromSecretAttributes(this, 'HuggingFaceToken', {
            secretCompleteArn: ownArn,
            ...encryptionKey(this, props.config),
          });
    acknowledge(this, {
      ids: ['SMG4'],
      reason:
        'keys are replaced by people: two are valid at the same time, and clients must get the new one first',
    });
  }
}
