import type { Check } from '../check.ts';
import { brokenPictureRefused } from './broken-picture-refused.ts';
import { encodingsRead } from './encodings-read.ts';
import { everyInstanceAnswered } from './every-instance-answered.ts';
import { modelsListed } from './models-listed.ts';
import { otherPathsRefused } from './other-paths-refused.ts';
import { oversizePictureRefused } from './oversize-picture-refused.ts';
import { pictureAnswered } from './picture-answered.ts';
import { reachable } from './reachable.ts';
import { remotePictureRefused } from './remote-picture-refused.ts';
import { severalPictures } from './several-pictures.ts';
import { streamedCompletion } from './streamed-completion.ts';
import { structuredOutput } from './structured-output.ts';
import { textCompletion } from './text-completion.ts';
import { turnedJpeg } from './turned-jpeg.ts';
import { usageEqualsTokens } from './usage-equals-tokens.ts';
import { wrongKeyRefused } from './wrong-key-refused.ts';

/** All checks, in the order in which they run: what the later ones need, the earlier ones have shown. */
export const CHECKS: readonly Check[] = [
  reachable,
  modelsListed,
  wrongKeyRefused,
  otherPathsRefused,
  textCompletion,
  pictureAnswered,
  severalPictures,
  encodingsRead,
  streamedCompletion,
  usageEqualsTokens,
  structuredOutput,
  brokenPictureRefused,
  turnedJpeg,
  oversizePictureRefused,
  remotePictureRefused,
  everyInstanceAnswered,
];
