export { closeClients, createContext } from './create-context.ts';
export type { CheckReport, Verdict } from './finding.ts';
export { type DoctorReport, runDoctor } from './run-doctor.ts';
