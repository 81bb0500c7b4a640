export { createApp } from './create-app.ts';
export { PixtralFleetStack, type PixtralFleetStackProps } from './pixtral-fleet-stack.ts';
