import { describe, expect, it } from 'vitest';
import { ACCEPTED_DIFFERENCES } from '../../src/conformance/accepted-differences.ts';
import { formatDifference } from '../../src/conformance/format-outcomes.ts';
import { readRecordings } from '../../src/conformance/recording.ts';
import { replayRecording } from '../../src/conformance/run-suite.ts';

const recordings = readRecordings().map((recording) => ({
  ...recording,
  name: `${recording.id}: ${recording.title}`,
}));
const isAccepted = ({ id }: { readonly id: string }) => id in ACCEPTED_DIFFERENCES;

describe('as recorded from vLLM 0.32.0', () => {
  it.concurrent.each(recordings.filter((one) => !isAccepted(one)))('$name', async (recording) => {
    const { differences } = await replayRecording(recording);
    expect(differences.map(formatDifference).join('\n')).toBe('');
  });
});

describe('accepted as different, and different indeed', () => {
  it.concurrent.each(recordings.filter(isAccepted))('$name', async (recording) => {
    const { differences } = await replayRecording(recording);
    expect(differences, 'agrees by now: remove its entry from accepted-differences.ts').not.toEqual([]);
  });

  it('only what was recorded', () => {
    const ids = recordings.map(({ id }) => id);
    expect(Object.keys(ACCEPTED_DIFFERENCES).filter((id) => !ids.includes(id))).toEqual([]);
  });
});
