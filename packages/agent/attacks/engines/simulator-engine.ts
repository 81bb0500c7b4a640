import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { portOf } from '../lab/gateway-under-attack.ts';
import type { EngineStarter } from './bare-engine.ts';

/** The simulator of vLLM 0.32.0. */
export function simulatorStarter(): EngineStarter {
  return {
    kind: 'simulator',
    name: 'the simulator of vLLM 0.32.0',
    async start(flavour) {
      const child = fork(fileURLToPath(new URL('simulator-process.ts', import.meta.url)), [flavour]);
      const port = await portOf(child, 'simulator');
      const isAlive = () => child.exitCode === null && child.signalCode === null;
      return {
        port,
        get alive() {
          return isAlive();
        },
        async memory() {
          child.send('memory');
          const [{ rss }] = (await once(child, 'message')) as [{ rss: number }];
          return rss;
        },
        terminate: () => void child.kill('SIGTERM'),
        async [Symbol.asyncDispose]() {
          if (!isAlive()) return;
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        },
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}
