import { ApiError, IncompleteStreamError } from '@pixtral-fleet/client';
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/drill/streaming-load.ts';

const WHOLE = Array.from({ length: 80 }, (_, index) => index + 1).join(', ');

describe('how a stream ended', () => {
  it('is complete only with every number that was asked for', () => {
    expect(classify({ expected: WHOLE, text: WHOLE, error: undefined })).toBe('completed');
    expect(classify({ expected: WHOLE, text: `${WHOLE}.`, error: undefined })).toBe('completed');
    expect(classify({ expected: WHOLE, text: WHOLE.slice(0, -2), error: undefined })).toBe(
      'truncated-silently',
    );
    expect(classify({ expected: WHOLE, text: '', error: undefined })).toBe('truncated-silently');
  });

  it('is silent truncation when the connection just ended, whatever the client made of it', () => {
    const error = new IncompleteStreamError('the stream ended early', { partialText: '1, 2' });
    expect(classify({ expected: WHOLE, text: '1, 2', error })).toBe('truncated-silently');
    expect(classify({ expected: WHOLE, text: '1, 2', error: new Error('socket hang up') })).toBe(
      'truncated-silently',
    );
  });

  it('is a clear error when the server said it, or when nothing had been answered yet', () => {
    const error = Object.assign(Object.create(ApiError.prototype), { message: '503' });
    expect(classify({ expected: WHOLE, text: '', error })).toBe('errored-clearly');
    expect(classify({ expected: WHOLE, text: '', error: new Error('connect ECONNREFUSED') })).toBe(
      'errored-clearly',
    );
  });
});
