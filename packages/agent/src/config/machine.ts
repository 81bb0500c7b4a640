import { join } from 'node:path';

/**
 * Where things are on the machine. The defaults are an EC2 instance's; a rehearsal moves them by three variables:
 * `PIXTRAL_ROOT`, `PIXTRAL_GATEWAY_HOST`, `PIXTRAL_GATEWAY_PORT`, `PIXTRAL_PROMETHEUS_PORT`. `PIXTRAL_ENGINE_UNIT` is set by the agent's own unit.
 */
export interface Machine {
  readonly configFile: string;
  /** Where the agent's archive is unpacked. */
  readonly agentFolder: string;
  readonly modelFolder: string;
  /** The runtime's files as the bucket has them. */
  readonly runtimeFolder: string;
  /** Where its image is mounted or its archive unpacked. */
  readonly runtimeRoot: string;
  /** Logs, reports, the engine's home. */
  readonly stateFolder: string;
  readonly engineSocket: string;
  /** Through which the service manager runs model servers; undefined: they are children of the agent. */
  readonly engineUnit: EngineUnit | undefined;
  /** Through which the service manager starts picture workers; undefined: they are children of the agent. */
  readonly pictureUnit: PictureUnit | undefined;
  readonly gatewayHost: string;
  /** Undefined: the one in the instance config. */
  readonly gatewayPort: number | undefined;
  /** The same of the metrics for Prometheus; 0: any free one. */
  readonly prometheusPort: number | undefined;
}

/** The model server's unit of the service manager; see assets/pixtral-engine.service, where both paths are written too. */
export interface EngineUnit {
  readonly name: string;
  /** Shell script that the unit starts: the command line of the next start. */
  readonly commandFile: string;
  /** Unix socket that the unit prints into. */
  readonly outputSocket: string;
}

/** Where picture workers are had; see assets/pixtral-pictures.socket. */
export interface PictureUnit {
  readonly name: string;
  /** Unix socket that the unit listens on: each connection gets a worker of its own. */
  readonly socket: string;
}

/** Reads the overrides. @throws RangeError for a port that is none. */
export function locateMachine(environment: NodeJS.ProcessEnv = process.env): Machine {
  const root = environment.PIXTRAL_ROOT ?? '/';
  const unit = environment.PIXTRAL_ENGINE_UNIT;
  return {
    configFile: join(root, 'etc/pixtral/instance.json'),
    agentFolder: join(root, 'opt/pixtral/agent'),
    modelFolder: join(root, 'var/lib/pixtral/model'),
    runtimeFolder: join(root, 'var/lib/pixtral/runtime'),
    runtimeRoot: join(root, 'var/lib/pixtral/runtime-root'),
    stateFolder: join(root, 'var/lib/pixtral'),
    // Of a unit: in a folder of its user's, which nobody but root reaches beside it.
    engineSocket: join(root, unit ? 'run/pixtral-engine/engine.sock' : 'run/pixtral/engine.sock'),
    engineUnit: unit
      ? {
          name: unit,
          commandFile: join(root, 'run/pixtral/engine-command'),
          outputSocket: join(root, 'run/pixtral/engine-output.sock'),
        }
      : undefined,
    pictureUnit: unit
      ? { name: 'pixtral-pictures.socket', socket: join(root, 'run/pixtral-pictures.sock') }
      : undefined,
    gatewayHost: environment.PIXTRAL_GATEWAY_HOST ?? '0.0.0.0',
    gatewayPort: parsePort('PIXTRAL_GATEWAY_PORT', environment),
    prometheusPort: parsePort('PIXTRAL_PROMETHEUS_PORT', environment),
  };
}

function parsePort(name: string, environment: NodeJS.ProcessEnv): number | undefined {
  const text = environment[name];
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`${name} must be a port number, got ${JSON.stringify(text)}`);
  }
  return port;
}
