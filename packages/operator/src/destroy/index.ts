export {
  type DestroyResult,
  destroyStack,
  type PreparedDestroy,
  prepareDestroy,
} from './destroy-stack.ts';
