export { createEngine } from './create-engine.ts';
export type { LoadPlan, RehearsalEngine, SeedFolder } from './rehearsal-engine.ts';
