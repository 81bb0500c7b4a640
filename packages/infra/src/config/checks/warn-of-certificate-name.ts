import type { ConfigWarner } from '../warnings.ts';

/** The endpoint is then the balancer's own name, which no certificate is for. */
export const warnOfCertificateName: ConfigWarner = ({ network: { certificateArn, domain } }) => {
  if (certificateArn === undefined || domain !== undefined) return [];
  return [
    {
      id: 'certificate-without-domain',
      message:
        'network.certificateArn is given without network.domain: EndpointUrl is a name that the certificate is not for, so clients must use a name of the certificate that your DNS leads to the load balancer. The verification checks only who issued the certificate. Give network.domain.name to have the name checked too',
    },
  ];
};
