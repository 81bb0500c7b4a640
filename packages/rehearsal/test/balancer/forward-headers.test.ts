import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccessLog, type AccessRecord } from '../../src/balancer/access-record.ts';
import { errorPage } from '../../src/balancer/error-page.ts';
import {
  endToEndHeaders,
  headerValue,
  requestHeaders,
  traceHeader,
} from '../../src/balancer/forward-headers.ts';

describe('headers', () => {
  const forward = {
    clientAddress: '10.0.0.9',
    listenerPort: 80,
    listenerProtocol: 'HTTP',
    preserveHostHeader: false,
    traceId: '1-a-b',
  } as const;

  it('drop what belongs to the connection, also what Connection names', () => {
    const headers = [
      'Connection',
      'close, X-Private',
      'x-private',
      '1',
      'TE',
      'trailers',
      'Accept',
      '*/*',
      'Upgrade',
      'h2c',
    ];
    expect(endToEndHeaders(headers)).toEqual(['Accept', '*/*']);
  });

  it('tell the target about the client', () => {
    const headers = [
      'Host',
      'api.local:4711',
      'X-Forwarded-For',
      '1.2.3.4',
      'X-Forwarded-Proto',
      'https',
      'A',
      '1',
      'a',
      '2',
    ];
    expect(requestHeaders({ ...forward, headers, forwardedForMode: 'append' })).toEqual([
      ...['A', '1', 'a', '2', 'Host', 'api.local', 'X-Forwarded-For', '1.2.3.4, 10.0.0.9'],
      ...['X-Forwarded-Proto', 'http', 'X-Forwarded-Port', '80', 'X-Amzn-Trace-Id', 'Root=1-a-b'],
    ]);
    const kept = requestHeaders({ ...forward, headers, forwardedForMode: 'preserve' });
    expect(headerValue(kept, 'x-forwarded-for')).toBe('1.2.3.4');
    const removed = requestHeaders({ ...forward, headers, forwardedForMode: 'remove' });
    expect(headerValue(removed, 'x-forwarded-for')).toBe('');
    const ported = requestHeaders({ ...forward, headers, forwardedForMode: 'remove', listenerPort: 8081 });
    expect(headerValue(ported, 'host')).toBe('api.local:8081');
    const secure = requestHeaders({
      ...forward,
      headers,
      forwardedForMode: 'remove',
      listenerPort: 443,
      listenerProtocol: 'HTTPS',
    });
    expect(headerValue(secure, 'x-forwarded-proto')).toBe('https');
    expect(headerValue(secure, 'host')).toBe('api.local');
  });

  it('keep the root of a trace and renew the hop', () => {
    expect(traceHeader('', 'new')).toBe('Root=new');
    expect(traceHeader('Root=old;CalledFrom=app', 'new')).toBe('Self=new;Root=old;CalledFrom=app');
    expect(traceHeader('Self=before;Root=old', 'new')).toBe('Self=new;Root=old');
  });
});

describe('error pages', () => {
  it('are as long as those that AWS sends', () => {
    expect(errorPage(502).body).toHaveLength(122);
    expect(errorPage(503).body).toHaveLength(162);
    expect(errorPage(504).body).toContain('<head><title>504 Gateway Time-out</title></head>\r\n');
  });
});

describe('the access log', () => {
  it('keeps the latest records in order, whatever came before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(100), (limit, count) => {
        const log = new AccessLog(limit);
        const records = Array.from({ length: count }, (_, at) => ({ at }) as AccessRecord);
        for (const record of records) log.add(record);
        expect(log.records()).toEqual(records.slice(-limit));
      }),
    );
  });
});
