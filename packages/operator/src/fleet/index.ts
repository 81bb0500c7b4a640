export { createFleetClients, type FleetClients } from '../aws/fleet-clients.ts';
export { type DeployedStack, findStack, requireStack } from './find-stack.ts';
