/**
 * Tag of everything that belongs to a fleet; its value is the stack's name. By it an instance may complete its own
 * group's lifecycle actions and no other's, and costs and vCPUs are told apart from those of other work.
 */
export const FLEET_TAG = 'pixtral-fleet:stack';
