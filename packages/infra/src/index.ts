export { createApp } from './create-app.ts';
export { PixtralFleet, type PixtralFleetProps } from './pixtral-fleet.ts';
export { PixtralFleetStack, type PixtralFleetStackProps } from './pixtral-fleet-stack.ts';
