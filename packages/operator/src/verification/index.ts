export { verifyInVpc } from './verify-in-vpc.ts';
