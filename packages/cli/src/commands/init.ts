import { type Command, Option } from 'commander';
import { parseNumber } from '../parse-number.ts';
import type { SetExitCode } from '../program.ts';

export interface InitFlags {
  readonly region?: string;
  readonly instanceType?: string;
  readonly network?: 'isolated' | 'nat' | 'existing';
  readonly vpcId?: string;
  readonly min?: number;
  readonly desired?: number;
  readonly max?: number;
  readonly budget?: number;
  readonly email?: string;
  readonly output?: string;
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** `pixtral init`: writes the config. */
export function addInit(program: Command, setExitCode: SetExitCode): void {
  program
    .command('init')
    .description('write pixtral.config.ts, by asking (on a terminal) or by these flags')
    .option('--region <name>', 'AWS region')
    .option('--instance-type <type>', 'EC2 instance type with a GPU')
    .addOption(
      new Option('--network <mode>', 'where the fleet lives').choices(['isolated', 'nat', 'existing']),
    )
    .option('--vpc-id <id>', 'the VPC, with --network existing')
    .option('--min <number>', 'instances at least', parseNumber('--min'))
    .option('--desired <number>', 'instances at first', parseNumber('--desired'))
    .option('--max <number>', 'instances at most', parseNumber('--max'))
    .option('--budget <usd>', 'US dollars a month at which AWS sends notices', parseNumber('--budget'))
    .option('--email <address>', 'where alarms and notices go')
    .option('--output <file>', 'file to write (default: pixtral.config.ts of the repository)')
    .option('--yes', 'ask nothing: what no flag says stays as it is by default')
    .option('--force', 'overwrite the file if it is there')
    .action(async (flags: InitFlags) => {
      const { init } = await import('../actions/init.ts');
      setExitCode(await init(flags));
    });
}
