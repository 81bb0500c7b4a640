import { describe, expect, it } from 'vitest';
import { currentRefusals } from '../../src/verification/observe-fleet.ts';

describe('refused launches', () => {
  it('are those since the last launch that EC2 granted; what was terminated meanwhile does not matter', () => {
    expect(
      currentRefusals([
        launch('Failed', 'newest'),
        { Description: 'Terminating EC2 instance: i-1', StatusCode: 'Successful' },
        launch('Failed', 'older'),
        launch('Cancelled', 'abandoned by its hook'),
        launch('Failed', 'of an earlier deployment'),
      ]),
    ).toEqual(['newest', 'older']);
  });

  it('are none when the newest launch was granted, or when there was none', () => {
    expect(currentRefusals([launch('MidLifecycleAction', ''), launch('Failed', 'before')])).toEqual([]);
    expect(currentRefusals([])).toEqual([]);
  });

  it('are all of them when none was ever granted', () => {
    expect(currentRefusals([launch('Failed', 'b'), launch('Failed', 'a')])).toEqual(['b', 'a']);
  });
});

function launch(status: 'Failed' | 'Cancelled' | 'MidLifecycleAction', message: string) {
  return {
    Description: 'Launching a new EC2 instance',
    StatusCode: status,
    StatusMessage: message,
  };
}
