import sharp, { type Sharp } from 'sharp';

/** A circle in a corner, on nothing. @param extent width and height of the picture */
export function circle(
  colour: string,
  corner: readonly [left: boolean, top: boolean],
  extent: readonly [width: number, height: number] = [320, 200],
): Promise<Buffer> {
  const [width, height] = extent;
  const [left, top] = corner;
  const [x, y] = [left ? 60 : width - 60, top ? 60 : height - 60];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><circle cx="${x}" cy="${y}" r="40" fill="${colour}"/></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** What one turns a picture by for it to be seen upright where its EXIF says this; stored pixels are the inverse. */
const INVERSE: Readonly<Record<number, (picture: Sharp) => Sharp>> = {
  1: (picture) => picture,
  2: (picture) => picture.flop(),
  3: (picture) => picture.rotate(180),
  4: (picture) => picture.flip(),
  // A picture mirrored along a diagonal is its own inverse; a quarter to the right is undone by one to the left.
  5: (picture) => picture.flip().rotate(90),
  6: (picture) => picture.rotate(270),
  7: (picture) => picture.flop().rotate(90),
  8: (picture) => picture.rotate(90),
};

/** A picture as a camera stores it that was held so: seen upright, it is `upright`. */
export async function turnedJpeg(upright: Buffer, orientation: number): Promise<Buffer> {
  const solid = sharp(await sharp(upright).flatten({ background: '#ffffff' }).png().toBuffer());
  const stored = INVERSE[orientation]?.(solid) ?? solid;
  return stored.jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
}

/** An animated GIF of one colour after the other. */
export async function colourFrames(...colours: readonly string[]): Promise<Buffer> {
  const frames = colours.map((background) => ({
    create: { width: 64, height: 64, channels: 3 as const, background },
  }));
  const pngs = await Promise.all(frames.map((frame) => sharp(frame).png().toBuffer()));
  return sharp(pngs, { join: { animated: true } })
    .gif()
    .toBuffer();
}
