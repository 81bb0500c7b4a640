import type { Figure } from './figure.ts';

/** Share of the bounding box that each shape fills: 1, π/4, 1/2; the limits lie midway. */
const SQUARE_FROM = (1 + Math.PI / 4) / 2;
const CIRCLE_FROM = (Math.PI / 4 + 0.5) / 2;
const TRIANGLE_FROM = 0.35;

/** `circle`, `square` or `triangle` by geometry; `none` when nothing stands out or it is none of them. */
export function readShape(figure: Figure): string {
  const { box, mask, width } = figure;
  if (!box) return 'none';
  let filled = 0;
  for (let y = box.top; y < box.top + box.height; y++) {
    for (let x = box.left; x < box.left + box.width; x++) filled += mask[y * width + x] ?? 0;
  }
  const share = filled / (box.width * box.height);
  if (share >= SQUARE_FROM) return 'square';
  if (share >= CIRCLE_FROM) return 'circle';
  return share >= TRIANGLE_FROM ? 'triangle' : 'none';
}
