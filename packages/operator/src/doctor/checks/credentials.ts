import type { DoctorCheck } from '../doctor-check.ts';
import { explainNoCredentials } from '../explain-failure.ts';
import { ok, warn } from '../finding.ts';

export const credentials: DoctorCheck = {
  id: 'credentials',
  // Not `aws`: this is the check that tells why AWS cannot be asked.
  needs: 'nothing',
  actions: ['sts:GetCallerIdentity'],
  run: async ({ caller, environment }) => {
    const profile = environment.AWS_PROFILE;
    try {
      const { account, arn } = await caller;
      if (/:root$/.test(arn)) {
        return warn(
          `account ${account} as its root user`,
          'use a role or an IAM Identity Center user: aws configure sso',
        );
      }
      return ok(
        `account ${account} as ${arn.split(':').at(-1) ?? arn}${profile ? `, profile ${profile}` : ''}`,
      );
    } catch (error) {
      return explainNoCredentials(error, profile);
    }
  },
};
