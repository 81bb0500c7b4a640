import { type AnswerTally, StreamTally } from './answer-tally.ts';
import { errorBody, Refusal } from './refusal.ts';

const END = 'data: [DONE]\n\n';

/** Begins a frame in which vLLM tells of an error; in a text the quotes would be escaped. */
const ERROR_FRAME = 'data: {"error":';

/** Stands in the last chunk of an answer that the engine was told to give up; in a text the quotes would be escaped. */
const ABORTED = /"finish_reason":\s*"abort"/;

const STOPPED = new Refusal(503, 'the model server was stopped before the answer was complete; ask again');

/** Is told how an answer goes. */
export interface AnswerMeter {
  /** The first frames have come: vLLM sends none before the first token. */
  streamBegan(): void;
  /** It told of an error, broke off or ended without `[DONE]`. */
  streamFailed(): void;
  /** It is whole, streamed or not. */
  answerEnded(tally: AnswerTally): void;
}

/**
 * Passes a stream of server-sent events on, frame by whole frame, and never lets it end in silence: what breaks off or
 * ends without `[DONE]` gets an error frame, as vLLM itself writes them.
 *
 * @param reasonOf what to tell the client when the engine's stream throws
 * @param meter is told of its beginning and its end, each at most once
 */
export async function* guardEventStream(
  body: AsyncIterable<Uint8Array>,
  reasonOf: (error: unknown) => Refusal,
  meter?: AnswerMeter,
): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let done = false;
  let hasBegun = false;
  let hasFailed = false;
  const tally = new StreamTally();
  const fail = () => {
    // What fails before its first frame is no stream: it is answered, and counted, by its status.
    if (hasBegun && !hasFailed) meter?.streamFailed();
    hasFailed = true;
  };
  try {
    for await (const chunk of body) {
      rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
      const end = rest.lastIndexOf('\n\n');
      if (end < 0) continue;
      const frames = rest.subarray(0, end + 2);
      rest = rest.subarray(end + 2);
      if (ABORTED.test(frames.toString('latin1'))) {
        fail();
        yield errorFrames(STOPPED);
        return;
      }
      if (!hasBegun && isErrorFrame(frames)) {
        yield frames;
        return;
      }
      done = frames.subarray(-END.length).toString('latin1') === END;
      if (!hasBegun) meter?.streamBegan();
      hasBegun = true;
      if (meter && frames.includes(ERROR_FRAME)) fail();
      if (meter) tally.push(frames);
      yield frames;
    }
    if (done && !hasFailed) meter?.answerEnded(tally);
    if (!done) {
      fail();
      yield errorFrames(new Refusal(503, 'the model server ended the stream before the answer was complete'));
    }
  } catch (error) {
    fail();
    // A frame that is only half there is dropped: the client could not read it.
    yield errorFrames(reasonOf(error));
  }
}

/** Whether a stream begins with an error: then it is nothing else. */
export function isErrorFrame(frames: Buffer): boolean {
  return frames.subarray(0, ERROR_FRAME.length).toString('latin1') === ERROR_FRAME;
}

function errorFrames(refusal: Refusal): Buffer {
  return Buffer.from(`data: ${JSON.stringify(errorBody(refusal))}\n\n${END}`);
}
