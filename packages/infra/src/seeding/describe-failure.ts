import type { Build } from '@aws-sdk/client-codebuild';

/** CloudFormation takes 4,096 bytes with all that is around it. */
const LONGEST = 2_000;
const LINES = 12;

/**
 * Why a build failed, for the stack's events: what the seeder said first, then the phase, then its last lines.
 * @param log last lines of the build's log, in order
 */
export function describeFailure(build: Build, log: readonly string[]): string {
  const said = log.map((line) => line.trimEnd()).filter((line) => line !== '' && !isNarration(line));
  const cause = said.findLast((line) => ERROR.test(line)) ?? said.at(-1);
  const failed = build.phases?.find(({ phaseStatus }) => phaseStatus && phaseStatus !== 'SUCCEEDED');
  const context = failed?.contexts?.find(({ message }) => message)?.message;
  const phase = `build ${build.id} ended as ${build.buildStatus} in phase ${failed?.phaseType ?? 'unknown'}`;
  const before = said.filter((line) => line !== cause).slice(-LINES);
  return [
    ...(cause ? [cause.replace(ERROR, '')] : []),
    `${phase}${context ? ` (${firstLine(context)})` : ''}`,
    `log group ${build.logs?.groupName}, stream ${build.logs?.streamName}`,
    ...(before.length > 0 ? ['its last lines:', ...before] : []),
  ]
    .join('\n')
    .slice(0, LONGEST);
}

/** How the seeder and most tools begin the line that says why they end. */
const ERROR = /^error: */i;

/** What CodeBuild says of itself between the commands' own words. */
function isNarration(line: string): boolean {
  return line.startsWith('[Container]');
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
