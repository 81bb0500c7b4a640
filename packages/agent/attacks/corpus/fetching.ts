import { type Attack, type Defence, notRun, refuse } from '../attack.ts';
import { aboutPicture, type Target } from '../lab/target.ts';
import { watchCanary } from '../sightings.ts';

const NAMES_OF_OWN = notRun(
  'it needs a name of one’s own; vLLM has no rule for addresses, see ssrf-loopback',
);
const NEEDS_SERVER = notRun('the gateway’s own fetching: a bare engine has no such limits');
const NOT_PUBLIC = refuse(400, 'has an address that is not public');

/** Names of an allow-list that lead inside. */
const INSIDE: Readonly<Record<string, string>> = {
  metadata: 'the metadata service’s address, 169.254.169.254',
  private: 'a private address, 10.0.0.5',
  loopback: 'the loopback',
  shared: 'shared address space, 100.64.0.1',
  mapped: '169.254.169.254 mapped into IPv6',
  nat64: '169.254.169.254 behind NAT64, 64:ff9b::/96',
  sixtofour: '169.254.169.254 in 6to4',
  'unique-local': 'the metadata service’s IPv6 address, fd00:ec2::254',
  'link-local': 'a link-local IPv6 address',
  mixed: 'a public address and the metadata service’s',
};

function fetching(attack: {
  readonly id: string;
  readonly sends: string;
  readonly defence: Defence;
  readonly simulator?: Attack['bare']['simulator'];
  readonly urls: (target: Target) => readonly string[];
  readonly reaches?: number;
}): Attack {
  const { id, sends, defence, urls, reaches = 0, simulator: bare = NEEDS_SERVER } = attack;
  return {
    ...{
      id,
      group: 'urls',
      sends,
      gateway: 'fetching',
      defence,
      reaches,
      bare: { simulator: bare, vllm: bare },
    },
    run: (target) =>
      watchCanary(target, async () => {
        const answers = [];
        for (const url of urls(target)) answers.push(await target.chat(aboutPicture(url)));
        return answers;
      }),
  };
}

export const FETCHING_ATTACKS: readonly Attack[] = [
  ...Object.entries(INSIDE).map(([name, what]) =>
    fetching({
      id: `name-to-${name}`,
      sends: `an allowed name that leads to ${what}`,
      simulator: NAMES_OF_OWN,
      defence: NOT_PUBLIC,
      urls: () => [`https://${name}.example/`],
    }),
  ),
  fetching({
    id: 'dns-rebinding',
    sends:
      'an allowed name that is public when it is checked and 169.254.169.254 when it is asked for again, twice',
    simulator: NAMES_OF_OWN,
    defence: { kind: 'no harm', why: 'resolved once, and connected to what was checked' },
    urls: () => ['https://rebinding.example/', 'https://rebinding.example/'],
  }),
  fetching({
    id: 'fetched-redirects',
    sends:
      'an allowed host that redirects to 127.0.0.1, to http, to `//127.0.0.1`, to an inner name, to itself for ever',
    defence: refuse(400, 'could not be fetched: '),
    urls: ({ canary: { forbidden } }) =>
      [
        `https://${forbidden}/`,
        `http://${forbidden}/`,
        `//${forbidden}/`,
        `/\\${forbidden}/`,
        'https://metadata.example/',
        'file:///etc/passwd',
      ]
        .map((to) => `https://pictures.example/a?to=${encodeURIComponent(to)}`)
        .concat(
          `https://pictures.example/a?to=${encodeURIComponent('https://pictures.example/a?to=/a%3Fto=/b%3Fto=/c')}`,
        ),
  }),
  fetching({
    id: 'fetched-large',
    sends: 'an allowed host that sends 12 MiB',
    defence: refuse(400, 'it has more than 10485760 bytes'),
    urls: () => ['https://pictures.example/large'],
  }),
  fetching({
    id: 'fetched-hangs',
    sends: 'an allowed host that never answers',
    defence: refuse(400, 'it did not come within 2 s'),
    urls: () => ['https://pictures.example/hangs'],
  }),
  fetching({
    id: 'fetched-page',
    sends: 'an allowed host that sends a page instead of a picture',
    defence: refuse(400, 'sends "text/html", expected'),
    urls: () => ['https://pictures.example/page'],
  }),
];
