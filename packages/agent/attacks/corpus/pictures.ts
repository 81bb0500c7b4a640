import { type Advisory, type Attack, fails, notRun, refuse, type Sighting, WORKS } from '../attack.ts';
import { type Answer, aboutPicture, chatBody, type Target, withParts } from '../lab/target.ts';
import { dataUri, drawPicture } from '../pictures/draw-png.ts';
import {
  bmp,
  brokenJpeg2000,
  fits,
  gif,
  hugePicture,
  textBomb,
  tiff,
  transparentPicture,
} from '../pictures/make-files.ts';
import { turnedJpeg } from '../pictures/turned-jpeg.ts';
import { megabytes, watchAcceptance, watchFailures, watchMemory, watchOthers } from '../sightings.ts';

/** Of memory, for one request: harm. */
const GIGABYTE = 1e9;
const picture = (bytes: Uint8Array, type?: string) => aboutPicture(dataUri(bytes, type));

/** Long enough to be found again in base64, whatever stands before it. */
const SCRIPT = `<script>alert(1)</script>${'PK\x03\x04'.repeat(8)}`;

const SEEN_OTHERWISE: Advisory = {
  id: 'CVE-2026-12491, GHSA-8jr5-v98p-w75m',
  affected: '≥ 0.11.0, < 0.24.0',
};
const LEAK: Advisory = { id: 'CVE-2026-22778, GHSA-4r2x-xpjr-7cvv', affected: '≥ 0.8.3, < 0.14.1' };
const ADDRESS = /0x[0-9a-f]{6,}/;

/** Words of a whole answer. */
function contentOf({ text }: Answer): string {
  return /"content":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? '';
}

/** What is behind a picture. A bare engine gets it; behind a gateway it must not arrive. */
async function sendWithTail(
  target: Target,
  bytes: Buffer,
  type: string,
): Promise<{ answers: Answer[]; harm: string | undefined }> {
  const answer = await target.chat(picture(Buffer.concat([bytes, Buffer.from(SCRIPT, 'latin1')]), type));
  const tail = Buffer.from(SCRIPT, 'latin1');
  // Whatever its place in a group of three bytes, one of these is how it reads in base64.
  const readings = [0, 1, 2].map((skip) => tail.subarray(skip, skip + 24).toString('base64'));
  const arrived =
    target.kind === 'bare'
      ? answer.status === 200
      : target.passedOn().some((body) => readings.some((reading) => body.includes(reading)));
  return { answers: [answer], harm: arrived ? 'the model server was given the script behind it' : undefined };
}

/** Shows one picture, then another; harm when the second answer is the first one's. */
async function showTwice(target: Target, parts: readonly [first: object, second: object]) {
  const ask = (part: object) => target.chat({ ...withParts([part]), temperature: 0, max_tokens: 8 });
  const answers = [await ask(parts[0]), await ask(parts[1])];
  const [first, second] = answers.map(contentOf);
  const isMixedUp = first !== '' && /red/i.test(second ?? '');
  return {
    answers,
    harm: isMixedUp ? `a blue picture was answered with “${second}”, as somebody’s red one` : undefined,
  };
}

async function growBy(target: Target, send: () => Promise<Answer>): Promise<Sighting> {
  const { sent, grown } = await watchMemory(target, send);
  const harm = grown < GIGABYTE ? undefined : `its memory grew by ${megabytes(grown)}`;
  return { answers: [sent], harm };
}

const imagePart = (bytes: Buffer, more: object = {}) => ({
  ...{ type: 'image_url', image_url: { url: dataUri(bytes) } },
  ...more,
});

export const PICTURE_ATTACKS: readonly Attack[] = [
  {
    id: 'bomb-144-megapixels',
    group: 'pictures',
    sends: 'a PNG of 12,000 × 12,000 pixels in 18 kB',
    advisories: [
      { id: 'decompression bombs', affected: 'the default of `VLLM_MAX_IMAGE_PIXELS`, 178,956,970' },
    ],
    bare: { simulator: WORKS, vllm: WORKS },
    defence: refuse(400, 'has 12000x12000 pixels'),
    run: (target) => watchOthers(target, () => target.chat(picture(hugePicture(12_000)))),
  },
  {
    id: 'bomb-memory',
    group: 'pictures',
    sends: 'four of them in one request',
    advisories: [{ id: 'decompression bombs', affected: 'the default of `VLLM_MAX_IMAGE_PIXELS`' }],
    bare: { simulator: notRun('it decodes at the size that the model sees'), vllm: WORKS },
    defence: refuse(400, 'has 12000x12000 pixels'),
    run: (target) => {
      const part = imagePart(hugePicture(12_000));
      return growBy(target, () => target.chat(withParts([part, part, part, part])));
    },
  },
  {
    id: 'bomb-256-megapixels',
    group: 'pictures',
    sends: 'a PNG of 16,000 × 16,000 pixels',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: refuse(400, 'has 16000x16000 pixels'),
    run: (target) => watchFailures(() => target.chat(picture(hugePicture(16_000)))),
  },
  {
    id: 'text-bomb',
    group: 'pictures',
    sends: 'a PNG of 64 pixels with a compressed text of 60 MB',
    bare: {
      simulator: fails('it does not look at texts'),
      vllm: fails('Pillow’s own limit: refused'),
    },
    defence: refuse(400, 'compressed text that is damaged or expands beyond'),
    run: (target) => growBy(target, () => target.chat(picture(textBomb(60_000_000)))),
  },
  {
    id: 'turned-jpeg',
    group: 'pictures',
    sends: 'a JPEG that its EXIF data turns',
    advisories: [SEEN_OTHERWISE],
    bare: { simulator: WORKS, vllm: WORKS },
    defence: refuse(400, 'is to be turned by its EXIF orientation (6)'),
    run: (target) => watchFailures(() => target.chat(picture(turnedJpeg(), 'image/jpeg'))),
  },
  {
    id: 'transparent-palette',
    group: 'pictures',
    sends: 'a PNG whose red is wholly transparent (`tRNS`)',
    advisories: [SEEN_OTHERWISE],
    bare: { simulator: fails('on white, as in vLLM'), vllm: fails('fixed in 0.24.0: put on white') },
    defence: { kind: 'pass', why: 'vLLM puts it on white, as the client does' },
    async run(target) {
      const answer = await target.chat({ ...picture(transparentPicture()), max_tokens: 8, temperature: 0 });
      const harm = /red/i.test(contentOf(answer)) ? 'the model saw what nobody else does' : undefined;
      return { answers: [answer], harm };
    },
  },
  {
    id: 'png-polyglot',
    group: 'pictures',
    sends: 'a PNG that is also a script and an archive, behind its end',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: { kind: 'pass', why: 'the picture is passed on without what is behind it' },
    run: (target) => sendWithTail(target, drawPicture({ width: 64, height: 64 }), 'image/png'),
  },
  {
    id: 'gif-polyglot',
    group: 'pictures',
    sends: 'a GIF that is also a script, behind its trailer',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: refuse(400, 'bytes after its end; save the picture anew'),
    run: (target) => sendWithTail(target, gif(), 'image/gif'),
  },
  {
    id: 'svg',
    group: 'pictures',
    sends: 'an SVG that loads a picture of its own',
    bare: { simulator: fails('no picture'), vllm: fails('no picture for Pillow') },
    defence: refuse(400, 'messages[0].content[0].image_url.url'),
    async run(target) {
      const { forbidden } = target.canary;
      const before = target.canary.touched;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg"><image href="http://${forbidden}/"/></svg>`;
      const answer = await target.chat(picture(Buffer.from(svg), 'image/svg+xml'));
      const isLoaded = target.canary.touched > before || answer.status === 200;
      return { answers: [answer], harm: isLoaded ? 'it was drawn' : undefined };
    },
  },
  {
    id: 'rare-formats',
    group: 'pictures',
    sends: 'BMP, TIFF and FITS, named `image/png`: decoders that nobody needs',
    advisories: [{ id: 'CVE-2026-40192, CVE-2026-54059 (Pillow)', affected: 'Pillow < 12.2.0, < 12.3.0' }],
    bare: { simulator: WORKS, vllm: WORKS },
    defence: refuse(400, 'messages[0].content[0].image_url.url'),
    run: (target) =>
      watchAcceptance(async () => {
        const answers = [];
        for (const bytes of [bmp(), tiff(), fits()]) answers.push(await target.chat(picture(bytes)));
        return answers;
      }, 'decoded and answered'),
  },
  {
    id: 'address-leak',
    group: 'pictures',
    sends: 'garbage and a broken JPEG 2000 as pictures, for an address in the error’s text',
    advisories: [LEAK],
    bare: { simulator: fails('no address in it'), vllm: fails('fixed in 0.14.1: no address in it') },
    defence: refuse(400, 'messages[0].content[0].image_url.url'),
    async run(target) {
      const answers = [
        await target.chat(picture(Buffer.from('no picture at all'))),
        await target.chat(picture(brokenJpeg2000())),
      ];
      const harm = answers.some(({ text }) => ADDRESS.test(text)) ? 'an address was told' : undefined;
      return { answers, harm };
    },
  },
  {
    id: 'address-leak-by-messages',
    group: 'pictures',
    sends: 'the same through `/v1/messages`',
    advisories: [{ id: 'CVE-2026-54236, GHSA-hgg8-fqqc-vfmw', affected: '< 0.24.0' }],
    bare: { simulator: fails('it has no such endpoint'), vllm: fails('fixed in 0.24.0: no address in it') },
    defence: refuse(404, 'there is no POST /v1/messages here'),
    async run(target) {
      const data = Buffer.from('no picture at all').toString('base64');
      const content = [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }];
      const body = JSON.stringify(chatBody({ messages: [{ role: 'user', content }] }));
      const answer = await target.ask('/v1/messages', { body });
      return { answers: [answer], harm: ADDRESS.test(answer.text) ? 'an address was told' : undefined };
    },
  },
  {
    id: 'one-pixel',
    group: 'pictures',
    sends: 'a picture of one pixel',
    advisories: [{ id: 'CVE-2026-22773, GHSA-grg2-63fw-f2qr', affected: 'Idefics3 alone' }],
    bare: { simulator: fails('Pixtral takes it'), vllm: fails('Pixtral takes it') },
    defence: { kind: 'pass', why: 'Pixtral takes it' },
    run: (target) => watchFailures(() => target.chat(picture(drawPicture({ width: 1, height: 1 })))),
  },
  {
    id: 'cut-off',
    group: 'pictures',
    sends: 'a PNG and a GIF that are cut off',
    bare: { simulator: fails('refused'), vllm: WORKS },
    defence: refuse(400, 'is cut off: it ends after'),
    run: (target) =>
      watchAcceptance(async () => {
        const png = drawPicture({ width: 64, height: 64 });
        return [
          await target.chat(picture(png.subarray(0, -20))),
          await target.chat(picture(gif().subarray(0, -3), 'image/gif')),
        ];
      }, 'answered, the GIF'),
  },
  {
    id: 'weak-hash',
    group: 'pictures',
    sends: 'two PNGs with the same pixels and other palettes, one after the other',
    advisories: [{ id: 'CVE-2025-46722, GHSA-c65p-x677-fgj6', affected: '< 0.9.0' }],
    bare: {
      simulator: fails('hashed with its palette'),
      vllm: fails('fixed in 0.9.0: hashed with its palette'),
    },
    defence: { kind: 'pass', why: 'the engine hashes what it decoded, with SHA-256' },
    run: (target) =>
      showTwice(target, [
        imagePart(drawPicture({ width: 48, height: 48, colour: [255, 0, 0] })),
        imagePart(drawPicture({ width: 48, height: 48, colour: [0, 0, 255] })),
      ]),
  },
  {
    id: 'cache-by-name',
    group: 'pictures',
    sends: 'a red picture with the `uuid` that somebody else’s blue one is going to have',
    bare: { simulator: fails('its cache goes by content'), vllm: WORKS },
    defence: refuse(400, 'pictures are told apart by their content, never by a name'),
    run: (target) =>
      showTwice(target, [
        imagePart(drawPicture({ width: 80, height: 80, colour: [255, 0, 0] }), { uuid: 'invoice-1' }),
        imagePart(drawPicture({ width: 80, height: 80, colour: [0, 0, 255] }), { uuid: 'invoice-1' }),
      ]),
  },
];
