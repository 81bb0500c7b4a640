import sharp, { type Sharp } from 'sharp';

/** A picture of the bench. */
export interface BenchPicture {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Soft shapes with grain on them: it takes as many bytes as a photograph of its size, and as long to decode. */
async function photograph(width: number, height: number, grain: number): Promise<Sharp> {
  const noise = (sigma: number, across: number) =>
    sharp({
      create: {
        ...{ width: Math.ceil(width / across), height: Math.ceil(height / across), channels: 3 },
        background: '#808080',
        noise: { type: 'gaussian', mean: 128, sigma },
      },
    });
  const shapes = await noise(60, 64).resize(width, height, { fit: 'fill' }).png().toBuffer();
  const grains = await noise(grain, 1).png().toBuffer();
  return sharp(shapes)
    .composite([{ input: grains, blend: 'soft-light' }])
    .removeAlpha();
}

export async function drawPhotographs(): Promise<readonly BenchPicture[]> {
  const [small, large, screen] = await Promise.all([
    photograph(2_000, 1_500, 40),
    photograph(4_000, 3_000, 28),
    photograph(1_024, 768, 4),
  ]);
  return [
    { name: 'JPEG photograph of 2000x1500', bytes: await small.jpeg({ quality: 85 }).toBuffer() },
    { name: 'JPEG photograph of 4000x3000', bytes: await large.jpeg({ quality: 80 }).toBuffer() },
    { name: 'PNG of 1024x768', bytes: await screen.png().toBuffer() },
  ];
}
