import type { ConfigCheck } from './index.ts';

/** The build asks Secrets Manager of its own region. */
export const checkFiles: ConfigCheck = ({ files, region }) => {
  const secretRegion = files.huggingFaceTokenSecretArn?.split(':')[3];
  return secretRegion === undefined || secretRegion === region
    ? []
    : [
        `files.huggingFaceTokenSecretArn is a secret of ${secretRegion}; the fleet is in ${region}: make the secret there`,
      ];
};
