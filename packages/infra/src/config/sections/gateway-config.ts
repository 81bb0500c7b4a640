import { z } from 'zod';

/** What the gateway of each instance takes from clients. */
export interface GatewayConfig {
  /**
   * MiB of memory for the bodies of all requests of an instance together, pictures included: at least one body of the
   * largest kind (`maxImages` pictures of 10 MiB in base64), at most a quarter of the memory of the smallest instance
   * type. What does not fit is answered with 503 and `Retry-After`: too little refuses clients while the GPU is idle.
   * @default - an eighth of the memory of the smallest instance type
   */
  readonly bodyMemoryMiB?: number;
}

export const gatewaySchema = z
  .strictObject({
    bodyMemoryMiB: z.number().int().min(1).max(1_048_576).optional(),
  })
  .readonly();

export type ResolvedGateway = z.output<typeof gatewaySchema>;
