import { GetParameterCommand, ParameterNotFound } from '@aws-sdk/client-ssm';
import type { DoctorCheck } from '../doctor-check.ts';
import { fail, ok } from '../finding.ts';

/** Written by `cdk bootstrap` with the default qualifier. */
const PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** What stacks of aws-cdk-lib 2.276 require (`MIN_BOOTSTRAP_STACK_VERSION` of its default synthesizer). */
const NEEDED = 6;

export const bootstrap: DoctorCheck = {
  id: 'bootstrap',
  needs: 'aws',
  actions: ['ssm:GetParameter'],
  run: async ({ clients, caller, config, signal }) => {
    const { account } = await caller;
    const remedy = `npm exec -w packages/infra -- cdk bootstrap aws://${account}/${config.region}`;
    try {
      const { Parameter } = await clients.ssm.send(new GetParameterCommand({ Name: PARAMETER }), {
        abortSignal: signal,
      });
      const version = Number(Parameter?.Value);
      if (version >= NEEDED) return ok(`version ${version} in ${config.region}; ${NEEDED} is needed`);
      return fail(`version ${Parameter?.Value} in ${config.region}, ${NEEDED} is needed`, remedy);
    } catch (error) {
      if (!(error instanceof ParameterNotFound)) throw error;
      return fail(`${config.region} of this account is not bootstrapped for the CDK`, remedy);
    }
  },
};
