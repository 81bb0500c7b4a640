import type { ConfigCheck } from './index.ts';

/** What cannot be reached is refused here, and not by every request. */
export const checkPictureUrls: ConfigCheck = ({ gateway, network }) => {
  if (gateway.pictureUrls === undefined || network.mode !== 'isolated') return [];
  return [
    "gateway.pictureUrls needs a way to the internet, and network.mode 'isolated' has none: use 'nat' or 'existing', or put the pictures into gateway.pictureBuckets",
  ];
};
