export type { FleetStatus, InstanceStatus, Range, TrafficStatus } from './fleet-status.ts';
export { isRefreshing } from './fleet-status.ts';
export { observeStatus } from './observe-status.ts';
