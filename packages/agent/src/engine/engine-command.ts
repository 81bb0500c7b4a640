import { join } from 'node:path';
import type { InstanceConfig } from '../config/instance-config.ts';
import type { Machine } from '../config/machine.ts';

export interface EngineCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * How vLLM is started: the same on a GPU and in a rehearsal, where the runtime in the bucket is another one.
 * @param runtime folder that holds `bin/vllm`
 */
export function planEngineCommand(config: InstanceConfig, machine: Machine, runtime: string): EngineCommand {
  return {
    command: join(runtime, 'bin', 'vllm'),
    args: [
      ...['serve', machine.modelFolder],
      ...['--uds', machine.engineSocket],
      ...['--served-model-name', config.servedModelName],
      ...['--shutdown-timeout', String(config.engine.shutdownTimeoutSeconds)],
      ...config.engine.args,
    ],
    env: {
      PATH: `${join(runtime, 'bin')}:/usr/local/bin:/usr/bin:/bin`,
      HOME: join(machine.stateFolder, 'engine-home'),
      // Everything comes from the bucket; nothing may be looked up or reported elsewhere.
      HF_HUB_OFFLINE: '1',
      VLLM_NO_USAGE_STATS: '1',
      DO_NOT_TRACK: '1',
      // uvicorn's 5 s are below any proxy's idle timeout and race with reused connections (vllm issue 18472).
      VLLM_HTTP_TIMEOUT_KEEP_ALIVE: '75',
      // The default of 16,384 answers to one request is out of memory in one line (CVE-2026-34756).
      VLLM_MAX_N_SEQUENCES: String(config.gateway.requests.maxChoices),
      VLLM_MAX_IMAGE_PIXELS: String(config.gateway.maxImagePixels),
      VLLM_MEDIA_URL_ALLOW_REDIRECTS: '0',
      // A fatal signal then writes the stacks of all threads; vLLM has no other way to ask for them. See endWithStacks.
      PYTHONFAULTHANDLER: '1',
    },
  };
}
