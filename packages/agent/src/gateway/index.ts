export { createGateway, type Gateway, type GatewayOptions, type GatewayState } from './create-gateway.ts';
