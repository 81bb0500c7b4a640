// Checks the templates that `npm run synth -w packages/infra` made with cfn-lint, AWS's own linter for CloudFormation, and
// by its schemas whether the documented policy allows CloudFormation to make them.
// Leaves with code 77 and the reason where it is not installed yet and cannot be: no package index.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findMissingActions, schemasOf } from './execution-policy.mjs';
import { isInstalled, lockedPython, runOrExit } from './locked-python.mjs';
import { whyNoPackage } from './package-index.mjs';
import { repositoryRoot } from './setup.mjs';

const SKIPPED = 77;
const program = { name: 'cfn-lint-1.58.0', lock: 'scripts/cfn-lint.lock' };

if (!isInstalled(program)) {
  // A system's Python may come without pip; the one that brought shellcheck has it.
  const python = join(repositoryRoot, '.cache', 'shellcheck-0.11.0.1', 'bin', 'python');
  const whyNot = await whyNoPackage('cfn-lint', existsSync(python) ? python : undefined);
  if (whyNot) {
    console.log(`SKIPPED: no template was checked with cfn-lint, because ${whyNot}`);
    process.exit(SKIPPED);
  }
}
const programs = lockedPython(program);
const assemblies = join(repositoryRoot, 'packages', 'infra', '.synth');
const templates = existsSync(assemblies)
  ? readdirSync(assemblies, { recursive: true }).filter((file) => file.endsWith('.template.json'))
  : [];
if (templates.length === 0) {
  console.error(`there are no templates in ${assemblies}: run "npm run synth -w packages/infra" first`);
  process.exit(1);
}
const files = templates.map((file) => join(assemblies, file));
// Reads .cfnlintrc.yaml.
runOrExit(join(programs, 'cfn-lint'), files);
console.log(`${templates.length} templates are clean`);
const missing = findMissingActions({
  templates: files,
  schemas: schemasOf(programs),
  policy: join(repositoryRoot, 'docs', 'iam', 'cloudformation-execution.json'),
});
if (missing.length > 0) {
  console.error(`docs/iam/cloudformation-execution.json lacks:\n  ${missing.join('\n  ')}`);
  process.exit(1);
}
console.log('docs/iam/cloudformation-execution.json allows all that CloudFormation calls for them');
