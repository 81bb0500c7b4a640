import { compareVersions, VLLM_VERSION, VLLM_VERSION_FLOOR } from '@pixtral-fleet/catalog';
import type { ConfigCheck } from './index.ts';

export const checkEngineVersion: ConfigCheck = () => findEngineVersionProblems(VLLM_VERSION);

/** Versions with published vulnerabilities do not serve. */
export function findEngineVersionProblems(version: string): readonly string[] {
  if (compareVersions(version, VLLM_VERSION_FLOOR) >= 0) return [];
  return [
    `vLLM ${version} has published vulnerabilities: ${VLLM_VERSION_FLOOR} is the oldest that may serve; see docs/upgrading-vllm.md`,
  ];
}
