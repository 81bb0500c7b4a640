export { createEngine } from './create-engine.ts';
export type { EngineFiles, LoadPlan, RehearsalEngine } from './rehearsal-engine.ts';
