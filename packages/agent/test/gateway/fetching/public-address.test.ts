import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../src/gateway/fetching/public-address.ts';

describe('addresses that nothing is fetched from', () => {
  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.170',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::8.8.8.8',
    '64:ff9b::8.8.8.8',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::a9fe:a9fe',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:a9fe:a9fe::1',
    '3fff::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '4000::1',
    'pictures.example',
    '',
  ])('%j', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['2130706433', '0x7f000001', '017700000001', '127.1', '0x7f.1', '0251.0376.0251.0376'])(
    'however they are written: %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );

  it('are all private, shared, link-local and mapped ones', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const hidden = fc.tuple(
      fc.constantFrom('10.', '127.', '169.254.', '192.168.', '100.64.', '172.16.'),
      byte,
      byte,
      byte,
    );
    fc.assert(
      fc.property(hidden, ([start, ...rest]) => {
        const missing = 4 - start.split('.').filter(Boolean).length;
        const address = start + rest.slice(0, missing).join('.');
        expect([isPublicAddress(address), isPublicAddress(`::ffff:${address}`)]).toEqual([false, false]);
      }),
      { numRuns: 200 },
    );
  });
});

it.each(['8.8.8.8', '93.184.216.34', '52.95.110.1', '2606:4700::1111', '2a00:1450:4001::1'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);
