import type { ConfigCheck } from './index.ts';

export const checkCapacity: ConfigCheck = ({ capacity: { min, desired, max } }) => {
  if (min <= desired && desired <= max) return [];
  return [`capacity must have min ≤ desired ≤ max, got min ${min}, desired ${desired}, max ${max}`];
};
