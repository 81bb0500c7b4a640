import type { LoadBalancerConfig, RegisteredTargets } from './load-balancer-config.ts';

/** Where the twin learns what it is to do. The one that is used reads the ELBv2 API. */
export interface LoadBalancerReader {
  /**
   * The load balancer as it is configured now, or undefined as long as there is none.
   * Throws a BalancerConfigError when it asks for something that the twin does not play.
   */
  readConfig(): Promise<LoadBalancerConfig | undefined>;
  /** What is registered now with the target groups of this load balancer. */
  readTargets(config: LoadBalancerConfig): Promise<RegisteredTargets>;
}
