import tls from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { ANY_NAME, expectCertificateName } from '../../src/verification/certificate-name.ts';

const BALANCER = 'internal-pixtral-1234567890.us-east-1.elb.amazonaws.com';

const original = tls.checkServerIdentity;
afterEach(() => {
  tls.checkServerIdentity = original;
});

it('wants the certificate of the load balancer to be for its owner’s name', () => {
  expectCertificateName('pixtral.bank.example');
  expect(check(BALANCER, 'pixtral.bank.example')).toBeUndefined();
  expect(check(BALANCER, '*.bank.example')).toBeUndefined();
  expect(check(BALANCER, 'other.example')).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

it('takes any name where nobody said one', () => {
  expectCertificateName(ANY_NAME);
  expect(check(BALANCER, 'other.example')).toBeUndefined();
});

it.each([ANY_NAME, 'pixtral.bank.example'])('knows everybody else by their own name: %s', (name) => {
  expectCertificateName(name);
  const host = 'secretsmanager.us-east-1.amazonaws.com';
  expect(check(host, host)).toBeUndefined();
  expect(check(host, 'pixtral.bank.example')).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  expect(check(`${BALANCER}.evil.example`, 'other.example')).toBeDefined();
});

it('changes nothing where there is nothing to expect', () => {
  expectCertificateName(undefined);
  expect(tls.checkServerIdentity).toBe(original);
});

/** As Node asks when a connection to `host` gets a certificate for `name`. */
function check(host: string, name: string): Error | undefined {
  const certificate: Partial<tls.PeerCertificate> = { subjectaltname: `DNS:${name}` };
  return tls.checkServerIdentity(host, certificate as tls.PeerCertificate);
}
