export { checkTunnelTools } from './check-tools.ts';
export { findTunnelTarget, keepTunnel, type TunnelEvent, type TunnelTarget } from './keep-tunnel.ts';
export { type RunningTunnel, removeTunnelFile, writeTunnelFile } from './tunnel-file.ts';
