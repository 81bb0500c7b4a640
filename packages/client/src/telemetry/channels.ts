import { type Channel, channel } from 'node:diagnostics_channel';

/** Names of the diagnostics channels; the message of each is the call's `CallRecord`. */
export const CALL_CHANNELS = {
  /** Before anything is sent; headers may still be added. */
  start: 'pixtral:call:start',
  /** Before each attempt. */
  attempt: 'pixtral:call:attempt',
  /** The head of a success has come. */
  response: 'pixtral:call:response',
  /** The first event of a stream has come. */
  firstToken: 'pixtral:call:first-token',
  /** Once, however the call ended. */
  end: 'pixtral:call:end',
} as const;

export const start: Channel = channel(CALL_CHANNELS.start);
export const attempt: Channel = channel(CALL_CHANNELS.attempt);
export const response: Channel = channel(CALL_CHANNELS.response);
export const firstToken: Channel = channel(CALL_CHANNELS.firstToken);
export const end: Channel = channel(CALL_CHANNELS.end);
