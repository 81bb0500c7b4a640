import type { InstanceConfig } from './instance-config.ts';

/**
 * The config as it is for one instance type: a group launches several from one launch template, and precision and batch
 * depend on the GPU. A type that the config says nothing about gets what the config says to all.
 */
export function configForType(config: InstanceConfig, instanceType: string): InstanceConfig {
  const { perInstanceType } = config;
  const own = Object.hasOwn(perInstanceType, instanceType) ? perInstanceType[instanceType] : undefined;
  return {
    ...config,
    modelPrefix: own?.modelPrefix ?? config.modelPrefix,
    engine: { ...config.engine, args: own?.engineArgs ?? config.engine.args },
    gateway: { ...config.gateway, maxInFlight: own?.maxInFlight ?? config.gateway.maxInFlight },
    admission: { ...config.admission, checkpoint: own?.checkpoint ?? config.admission.checkpoint },
  };
}
