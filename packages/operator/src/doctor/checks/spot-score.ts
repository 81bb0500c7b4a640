import { GetSpotPlacementScoresCommand } from '@aws-sdk/client-ec2';
import type { DoctorCheck } from '../doctor-check.ts';
import { ok, skipped, warn } from '../finding.ts';

/** Of 10. AWS promises nothing even for 10; below this, launches often fail. */
const GOOD = 5;

/** AWS scores fewer types low, whatever there is of them. */
const ENOUGH_TYPES = 3;

export const spotScore: DoctorCheck = {
  id: 'spot-score',
  needs: 'aws',
  actions: ['ec2:GetSpotPlacementScores'],
  run: async ({ config, clients, signal }) => {
    const { capacity, region, instanceTypes } = config;
    if (!capacity.spot) return skipped('not needed: capacity.spot is not set');
    const { SpotPlacementScores: scores = [] } = await clients.ec2.send(
      new GetSpotPlacementScoresCommand({
        InstanceTypes: instanceTypes.map(({ type }) => type),
        TargetCapacity: Math.max(1, capacity.max),
        TargetCapacityUnitType: 'units',
        SingleAvailabilityZone: true,
        RegionNames: [region],
      }),
      { abortSignal: signal },
    );
    const best = Math.max(0, ...scores.map(({ Score = 0 }) => Score));
    const found = `best score ${best} of 10 for ${capacity.max} instances in one zone of ${region}`;
    if (best >= GOOD) return ok(found);
    return warn(
      found,
      instanceTypes.length < ENOUGH_TYPES
        ? `name at least ${ENOUGH_TYPES} instanceTypes: AWS finds more capacity, and scores higher`
        : 'expect launches that fail; raise capacity.spot.onDemandBase to what must always run',
    );
  },
};
