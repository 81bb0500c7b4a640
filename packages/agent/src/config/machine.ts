import { join } from 'node:path';

/**
 * Where things are on the machine. The defaults are an EC2 instance's; a rehearsal moves them by three variables:
 * `PIXTRAL_ROOT`, `PIXTRAL_GATEWAY_HOST`, `PIXTRAL_GATEWAY_PORT`.
 */
export interface Machine {
  readonly configFile: string;
  readonly modelFolder: string;
  /** The runtime's files as the bucket has them. */
  readonly runtimeFolder: string;
  /** Where its image is mounted or its archive unpacked. */
  readonly runtimeRoot: string;
  /** Logs, reports, the engine's home. */
  readonly stateFolder: string;
  readonly engineSocket: string;
  readonly gatewayHost: string;
  /** Undefined: the one in the instance config. */
  readonly gatewayPort: number | undefined;
}

/** Reads the overrides. @throws RangeError for a port that is none. */
export function locateMachine(environment: NodeJS.ProcessEnv = process.env): Machine {
  const root = environment.PIXTRAL_ROOT ?? '/';
  return {
    configFile: join(root, 'etc/pixtral/instance.json'),
    modelFolder: join(root, 'var/lib/pixtral/model'),
    runtimeFolder: join(root, 'var/lib/pixtral/runtime'),
    runtimeRoot: join(root, 'var/lib/pixtral/runtime-root'),
    stateFolder: join(root, 'var/lib/pixtral'),
    engineSocket: join(root, 'run/pixtral/engine.sock'),
    gatewayHost: environment.PIXTRAL_GATEWAY_HOST ?? '0.0.0.0',
    gatewayPort: parsePort(environment.PIXTRAL_GATEWAY_PORT),
  };
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`PIXTRAL_GATEWAY_PORT must be a port number, got ${JSON.stringify(text)}`);
  }
  return port;
}
