import { lookup } from 'node:dns/promises';

/** The network as the fetcher sees it: what a test replaces. */
export interface PictureNetwork {
  /** All addresses of a host. */
  resolve(host: string): Promise<readonly string[]>;
  /** Where a connection to a checked address really goes. */
  dial(address: string): { readonly host: string; readonly port: number };
  /** Certificates of authorities that are trusted. @default - those of Node */
  readonly ca?: string;
}

const HTTPS_PORT = 443;

export const INTERNET: PictureNetwork = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  dial: (address) => ({ host: address, port: HTTPS_PORT }),
};
