import type { ConfigCheck } from './index.ts';

export const checkScaling: ConfigCheck = ({ scaling: { targetLoadPercent, burstLoadPercent } }) => {
  if (targetLoadPercent < burstLoadPercent) return [];
  return [
    `scaling.burstLoadPercent must be above targetLoadPercent, got ${burstLoadPercent} and ${targetLoadPercent}: the burst would be the usual state`,
  ];
};
