/** Headers of W3C Trace Context that are passed on to the engine. */
export type TraceHeaders = Readonly<Partial<Record<'traceparent' | 'tracestate', string>>>;

/** Version 00; later ones may say more behind it (W3C Trace Context, §3.2). */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/;

const LONGEST = 512;

/**
 * What the client's tracing says, as it came: the gateway makes no spans of its own. A header that is not valid is left
 * out with all that belongs to it, as the standard wants it; it is no reason to refuse a request.
 */
export function readTraceContext(headers: Readonly<Record<string, string | readonly string[] | undefined>>): {
  readonly headers: TraceHeaders;
  readonly traceId: string | undefined;
} {
  const { traceparent, tracestate } = headers;
  const none = { headers: {}, traceId: undefined };
  if (typeof traceparent !== 'string' || traceparent.length > LONGEST) return none;
  const [, version, traceId = '', parentId = ''] = TRACEPARENT.exec(traceparent) ?? [];
  if (version === undefined || version === 'ff' || /^0+$/.test(traceId) || /^0+$/.test(parentId)) return none;
  if (version === '00' && traceparent.length !== 55) return none;
  const state = typeof tracestate === 'string' && tracestate.length <= LONGEST ? { tracestate } : {};
  return { headers: { traceparent, ...state }, traceId };
}
