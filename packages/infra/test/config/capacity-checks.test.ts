import { describe, expect, it } from 'vitest';
import { ConfigError, type PixtralConfig, resolveConfig } from '../../src/config/index.ts';

function problemOf(config: PixtralConfig): string {
  try {
    resolveConfig(config);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace('pixtral.config.ts: ', '');
    throw error;
  }
  throw new Error(`expected a refusal of ${JSON.stringify(config)}`);
}

const schedule = (changes: object) => ({ name: 'open', cron: '0 8 * * *', ...changes });

describe('schedules are refused', () => {
  it('when two have a name, which CloudFormation would take for one', () => {
    expect(
      problemOf({ capacity: { schedules: [schedule({ min: 1 }), schedule({ min: 2 })] } }),
    ).toMatchInlineSnapshot(`"capacity.schedules must have a name each, got two of "open""`);
  });

  it('when they change nothing', () => {
    expect(problemOf({ capacity: { schedules: [schedule({})] } })).toMatchInlineSnapshot(
      `"capacity.schedules "open" changes nothing: give it min, desired or max"`,
    );
  });

  it('when their sizes are out of order, with those of the capacity where they name none', () => {
    expect(problemOf({ capacity: { max: 4, schedules: [schedule({ min: 6 })] } })).toMatchInlineSnapshot(
      `"capacity.schedules "open" must have min ≤ desired ≤ max, got min 6, desired 6, max 4"`,
    );
    expect(problemOf({ capacity: { min: 2, schedules: [schedule({ desired: 1 })] } })).toContain(
      'min 2, desired 1, max 4',
    );
  });

  it.each(['0 8 * *', '0 8 * * MON-FRI *', 'cron(0 8 * * ? *)', '0 8 ? * MON'])(
    'when their time is not five fields that Auto Scaling knows: %s',
    (cron) => {
      expect(problemOf({ capacity: { schedules: [schedule({ cron, min: 1 })] } })).toContain(
        'five cron fields',
      );
    },
  );

  it('when nobody knows their time zone', () => {
    expect(
      problemOf({ capacity: { schedules: [schedule({ timeZone: 'Mars/Olympus', min: 1 })] } }),
    ).toContain('IANA name');
  });
});

describe('what AWS does not combine is refused with the reason', () => {
  it.each<[string, PixtralConfig]>([
    [
      'a warm pool and Spot',
      { instanceTypes: ['g5.2xlarge'], capacity: { warmPool: { size: 1 }, spot: {} } },
    ],
    ['a warm pool and several types', { capacity: { warmPool: { size: 1 } } }],
    ['nothing but reservations and Spot', { capacity: { reservations: 'only', spot: {} } }],
    ['Spot above a base that is all there is', { capacity: { max: 2, spot: { onDemandBase: 2 } } }],
  ])('%s', (_, config) => {
    expect(problemOf(config)).toMatchSnapshot();
  });
});

describe('a deployment needs an instance that proves it', () => {
  it('so 0 desired ones are refused, and a fleet that sleeps begins with one', () => {
    expect(problemOf({ capacity: { min: 0, desired: 0 } })).toMatchInlineSnapshot(
      `"capacity.desired: must be at least 1, to prove the deployment; use min for a fleet that sleeps"`,
    );
    expect(resolveConfig({ capacity: { min: 0, max: 1 } }).capacity.desired).toBe(1);
  });
});

describe('a burst', () => {
  it('must be above the usual load', () => {
    expect(problemOf({ scaling: { targetLoadPercent: 90, burstLoadPercent: 90 } })).toMatchInlineSnapshot(
      `"scaling.burstLoadPercent must be above targetLoadPercent, got 90 and 90: the burst would be the usual state"`,
    );
  });
});
