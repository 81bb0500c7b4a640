import { type Advisory, type Attack, type Expectation, fails, refuse } from '../attack.ts';
import { aboutPicture } from '../lab/target.ts';
import { watchCanary } from '../sightings.ts';

/** A URL in which one parser sees the allowed host, and another the forbidden one. */
interface Trick {
  readonly id: string;
  readonly sends: string;
  readonly advisories?: readonly Advisory[];
  readonly vllm: Expectation;
  readonly simulator?: Expectation;
  /** @param allowed and forbidden: host and port */
  url(scheme: string, allowed: string, forbidden: string): string;
}

const HOLDS = fails('`--allowed-media-domains` sees the forbidden host');

const TRICKS: readonly Trick[] = [
  {
    id: 'backslash-at',
    sends: '`ALLOWED\\@FORBIDDEN`, the host before the backslash or behind the `@`',
    advisories: [
      { id: 'CVE-2026-24779, GHSA-qh4c-xf7m-gxfc', affected: '< 0.14.1' },
      { id: 'CVE-2026-25960, GHSA-v359-jj2v-j536', affected: '≥ 0.15.1, < 0.17.0' },
    ],
    vllm: fails('fixed in 0.14.1 and again in 0.17.0: it asks the allowed host'),
    url: (scheme, allowed, forbidden) => `${scheme}://${allowed}\\@${forbidden}/`,
  },
  {
    id: 'at-backslash',
    sends: '`FORBIDDEN\\@ALLOWED`',
    vllm: HOLDS,
    url: (scheme, allowed, forbidden) => `${scheme}://${forbidden}\\@${allowed}/`,
  },
  {
    id: 'allowed-as-user',
    sends: '`ALLOWED@FORBIDDEN`, the allowed host as a user’s name',
    vllm: HOLDS,
    url: (scheme, allowed, forbidden) => `${scheme}://${allowed}@${forbidden}/`,
  },
  {
    id: 'hash-at',
    sends: '`FORBIDDEN#@ALLOWED`',
    vllm: HOLDS,
    url: (scheme, allowed, forbidden) => `${scheme}://${forbidden}#@${allowed}/`,
  },
  {
    id: 'escaped-hash',
    sends: '`FORBIDDEN%23@ALLOWED`',
    vllm: fails('it asks the allowed host'),
    url: (scheme, allowed, forbidden) => `${scheme}://${forbidden}%23@${allowed}/`,
  },
  {
    id: 'tab-in-host',
    sends: 'a tab between `FORBIDDEN` and `@ALLOWED`',
    vllm: fails('it asks the allowed host'),
    url: (scheme, allowed, forbidden) => `${scheme}://${forbidden}\t@${allowed}/`,
  },
  {
    id: 'three-slashes',
    sends: 'three slashes, or backslashes, before `FORBIDDEN`',
    vllm: HOLDS,
    url: (scheme, _allowed, forbidden) => `${scheme}:///${forbidden}/`,
  },
  {
    id: 'circled-digits',
    sends: 'the forbidden address in circled digits, which NFKC makes plain ones',
    vllm: fails('its parser refuses them'),
    url: (scheme, _allowed, forbidden) => `${scheme}://①②⑦.⓪.⓪.①:${forbidden.split(':')[1]}/`,
  },
];

export const PARSER_ATTACKS: readonly Attack[] = TRICKS.map(
  ({
    id,
    sends,
    advisories = [],
    vllm,
    simulator = fails('it asks the allowed host, or nobody'),
    url,
  }): Attack => ({
    ...{ id, group: 'urls', sends, advisories, engine: 'locked', gateway: 'fetching' },
    bare: { simulator, vllm },
    defence: refuse(400, 'could not be fetched: '),
    run: (target) =>
      watchCanary(target, () => {
        const { protocol, host } = new URL(target.allowedOrigin);
        return target.chat(aboutPicture(url(protocol.slice(0, -1), host, target.canary.forbidden)));
      }),
  }),
);
