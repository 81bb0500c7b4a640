import { cancel, intro, isCancel, select, text } from '@clack/prompts';
import { INSTANCE_TYPES } from '@pixtral-fleet/catalog';
import { type ConfigWishes, chooseConfig } from '@pixtral-fleet/operator/init';

/** Ctrl-C or Esc at a question. */
class Cancelled extends Error {}

/**
 * Asks for what no flag has said, each answer checked together with those before it. Undefined when somebody leaves.
 */
export async function askWishes(said: ConfigWishes): Promise<ConfigWishes | undefined> {
  intro('A config for a Pixtral fleet; Enter takes what is shown');
  let wishes = said;
  const add = (answer: ConfigWishes) => {
    wishes = { ...wishes, ...answer };
  };
  try {
    if (wishes.region === undefined)
      add({ region: await ask('AWS region', 'us-east-1', (region) => ({ ...wishes, region })) });
    if (wishes.instanceType === undefined) add({ instanceType: await askInstanceType() });
    if (wishes.network === undefined) add({ network: await askNetwork() });
    if (wishes.network === 'existing' && wishes.vpcId === undefined) {
      add({ vpcId: await ask('Id of the VPC', 'vpc-', (vpcId) => ({ ...wishes, vpcId })) });
    }
    if (wishes.max === undefined)
      add({ max: Number(await ask('Instances at most', '4', (max) => ({ ...wishes, max: Number(max) }))) });
    if (wishes.alarmEmail === undefined) {
      const address = await ask('E-mail address for alarms (empty: none)', '', (email) =>
        email === '' ? wishes : { ...wishes, alarmEmail: email },
      );
      if (address !== '') add({ alarmEmail: address });
    }
    return wishes;
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    cancel('nothing was written');
    return undefined;
  }
}

/** A line of text that must make a config which could be deployed. */
async function ask(
  message: string,
  initialValue: string,
  wish: (answer: string) => ConfigWishes,
): Promise<string> {
  return orCancel(
    await text({
      message,
      initialValue,
      validate: (answer) => reasonAgainst(wish(answer?.trim() ?? '')),
    }),
  ).trim();
}

function reasonAgainst(wishes: ConfigWishes): string | undefined {
  try {
    chooseConfig(wishes);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^pixtral\.config\.ts: /, '') : String(error);
  }
}

/** Those that hold some precision of Pixtral and have the vCPUs that vLLM needs. */
async function askInstanceType(): Promise<string> {
  const types = INSTANCE_TYPES.filter(({ name }) => reasonAgainst({ instanceType: name }) === undefined);
  return orCancel(
    await select({
      message: 'Instance type',
      initialValue: 'g5.2xlarge',
      options: types.map(({ name, gpu, usdPerHour }) => ({
        value: name,
        label: name,
        hint: `${gpu.count} × ${gpu.name}, $${usdPerHour} an hour`,
      })),
    }),
  );
}

async function askNetwork(): Promise<'isolated' | 'nat' | 'existing'> {
  return orCancel(
    await select<'isolated' | 'nat' | 'existing'>({
      message: 'Network',
      initialValue: 'isolated',
      options: [
        { value: 'isolated', label: 'isolated', hint: 'a VPC of its own without the internet' },
        { value: 'nat', label: 'nat', hint: 'a VPC of its own that reaches the internet' },
        { value: 'existing', label: 'existing', hint: 'a VPC that you have' },
      ],
    }),
  );
}

function orCancel<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (isCancel(answer)) throw new Cancelled();
  return answer as Exclude<Answer, symbol>;
}
