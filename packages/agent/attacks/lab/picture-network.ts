import type { PictureNetwork } from '../../src/gateway/fetching/network.ts';

/** Stands for a public address; connections to it go to the picture server of this machine. */
const PUBLIC = '93.184.216.34';

/** What the names of the lab lead to, one list for each time that a name is asked for; the last one stays. */
const NAMES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'pictures.example': [[PUBLIC]],
  'metadata.example': [['169.254.169.254']],
  'private.example': [['10.0.0.5']],
  'loopback.example': [['127.0.0.1']],
  'shared.example': [['100.64.0.1']],
  'mapped.example': [['::ffff:169.254.169.254']],
  'nat64.example': [['64:ff9b::a9fe:a9fe']],
  'sixtofour.example': [['2002:a9fe:a9fe::1']],
  'unique-local.example': [['fd00:ec2::254']],
  'link-local.example': [['fe80::1']],
  'mixed.example': [[PUBLIC, '169.254.169.254']],
  'rebinding.example': [[PUBLIC], ['169.254.169.254']],
};

export const PICTURE_HOSTS: readonly string[] = Object.keys(NAMES);

export interface PicturePorts {
  /** Of the server that speaks TLS for the public address. */
  readonly publicPort: number;
  /** Of the one that must not be reached: every other address leads to it. */
  readonly forbiddenPort: number;
  /** Certificate of the first. */
  readonly ca: string;
}

/** DNS and routes of the lab. */
export function pictureNetwork({ publicPort, forbiddenPort, ca }: PicturePorts): PictureNetwork {
  const asked = new Map<string, number>();
  return {
    resolve: async (name) => {
      const times = asked.get(name) ?? 0;
      asked.set(name, times + 1);
      const answers = NAMES[name] ?? [];
      return answers[Math.min(times, answers.length - 1)] ?? [];
    },
    dial: (address) => ({ host: '127.0.0.1', port: address === PUBLIC ? publicPort : forbiddenPort }),
    ca,
  };
}
