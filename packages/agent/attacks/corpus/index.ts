import type { Attack } from '../attack.ts';
import { CONSTRAINT_ATTACKS } from './constraints.ts';
import { END_ATTACKS } from './end.ts';
import { FETCHING_ATTACKS } from './fetching.ts';
import { KEY_ATTACKS } from './keys.ts';
import { LOAD_ATTACKS } from './load.ts';
import { PARSER_ATTACKS } from './parser-tricks.ts';
import { PICTURE_ATTACKS } from './pictures.ts';
import { REQUEST_ATTACKS } from './request.ts';
import { URL_ATTACKS } from './urls.ts';
import { WIRE_ATTACKS } from './wire.ts';

/** Every attack, in the order of the page. */
export const CORPUS: readonly Attack[] = [
  ...KEY_ATTACKS,
  ...WIRE_ATTACKS,
  ...URL_ATTACKS,
  ...PARSER_ATTACKS,
  ...FETCHING_ATTACKS,
  ...PICTURE_ATTACKS,
  ...REQUEST_ATTACKS,
  ...CONSTRAINT_ATTACKS,
  ...LOAD_ATTACKS,
  ...END_ATTACKS,
];
