import { stripVTControlCharacters } from 'node:util';

interface CdkFailure {
  readonly cause: string;
  readonly remedy: string;
  readonly detail: readonly string[];
}

/** Sentences of the CDK's command line (2.1148) that an operator meets, with what to do. */
const RULES: readonly { readonly pattern: RegExp; readonly remedy: string }[] = [
  {
    pattern: /has the environment been bootstrapped|SSM parameter .*cdk-bootstrap.* not found/i,
    remedy: 'bootstrap the account and region once: npx cdk bootstrap aws://ACCOUNT/REGION',
  },
  {
    pattern: /ExpiredToken|security token .* (expired|invalid)|Unable to resolve AWS account|credentials/i,
    remedy: 'log in again (aws sso login), or set AWS_PROFILE or --profile to credentials that are valid',
  },
  {
    pattern: /is in (UPDATE_ROLLBACK_FAILED|ROLLBACK_FAILED)|UPDATE_ROLLBACK_FAILED/,
    remedy: 'bring the stack back first: pixtral rollback',
  },
  {
    pattern: /_IN_PROGRESS state and can not be updated|currently in .*_IN_PROGRESS/i,
    remedy: 'another deployment is under way: wait for it ("pixtral status"), then deploy again',
  },
  {
    pattern: /not authorized to perform|AccessDenied/i,
    remedy: 'give this action to whoever the credentials belong to',
  },
];

/** What the CDK could not do before CloudFormation had anything to say, from its output. Pure. */
export function explainCdkFailure(output: string): CdkFailure {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const named = lines.find((line) => /^(\[?Error|Error:|❌|\S*Error: )/.test(line));
  const cause = (named ?? lines.at(-1) ?? 'the CDK printed nothing')
    .replace(/^❌\s*/, '')
    .replace(/^Error:\s*/, '');
  const rule =
    RULES.find(({ pattern }) => pattern.test(cause)) ?? RULES.find(({ pattern }) => pattern.test(output));
  return {
    cause,
    remedy: rule?.remedy ?? 'mend what it says; the whole output is in the log',
    detail: lines.slice(-3).filter((line) => line !== named),
  };
}
