import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import type { CallRecord } from '../telemetry/call-record.ts';
import { CALL_CHANNELS } from '../telemetry/channels.ts';
import { endAttributes, requestAttributes } from './attributes.ts';

export interface TraceOptions {
  /** @default - the global one */
  readonly tracerProvider?: TracerProvider;
}

/**
 * Makes a span of every call of every client in this process, by OpenTelemetry's conventions for generative AI (names as
 * in semantic conventions 1.45.0), all attempts in one span, and sends the trace context along (`traceparent`), which
 * the fleet's gateway writes into its log. No prompt, no picture, no answer is in it.
 * @returns ends the tracing when disposed; calls under way keep their spans
 */
export function traceCalls({ tracerProvider }: TraceOptions = {}): Disposable {
  const tracer = (tracerProvider ?? trace).getTracer('@pixtral-fleet/client');
  const spans = new Map<CallRecord, Span>();
  const spanOf = (message: unknown) => spans.get(message as CallRecord);
  let disposed = false;

  const listeners = {
    [CALL_CHANNELS.start]: (message: unknown) => {
      const record = message as CallRecord;
      const { operation, model } = record.request;
      const parent = context.active();
      const attributes = requestAttributes(record.request);
      const name = operation === 'chat' ? `chat ${model}` : 'list models';
      const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
      spans.set(record, span);
      propagation.inject(trace.setSpan(parent, span), record.headers);
    },
    [CALL_CHANNELS.attempt]: (message: unknown) => {
      const { attempts, server } = message as CallRecord;
      if (attempts > 1) spanOf(message)?.addEvent('retry', { attempt: attempts, server: server ?? '' });
    },
    [CALL_CHANNELS.firstToken]: (message: unknown) => {
      spanOf(message)?.addEvent('first token');
    },
    [CALL_CHANNELS.end]: (message: unknown) => {
      const record = message as CallRecord;
      const span = spanOf(record);
      if (span === undefined) return;
      span.setAttributes(endAttributes(record));
      if (record.error instanceof Error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: record.error.message });
      }
      span.end();
      spans.delete(record);
      if (disposed && spans.size === 0) stop(CALL_CHANNELS.end);
    },
  };
  const stop = (name: keyof typeof listeners) => unsubscribe(name, listeners[name]);
  for (const [name, listener] of Object.entries(listeners)) subscribe(name, listener);
  return {
    [Symbol.dispose]() {
      if (disposed) return;
      disposed = true;
      stop(CALL_CHANNELS.start);
      stop(CALL_CHANNELS.attempt);
      stop(CALL_CHANNELS.firstToken);
      // Spans of calls under way are still to be ended.
      if (spans.size === 0) stop(CALL_CHANNELS.end);
    },
  };
}
