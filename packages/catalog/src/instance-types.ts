/** A GPU instance type as EC2 describes it. */
export interface InstanceType {
  readonly name: string;
  readonly gpu: {
    readonly name: 'T4' | 'A10G' | 'L4' | 'L40S';
    readonly count: number;
    /** `GpuInfo.TotalGpuMemoryInMiB`: of all GPUs together. */
    readonly memoryMiB: number;
    /** CUDA compute capability: 8.9 and up compute in FP8, 8.0 and up in bf16. */
    readonly computeCapability: number;
  };
  readonly vcpu: number;
  readonly memoryGiB: number;
  /** Instance store in GB; gone when the instance stops. */
  readonly nvmeGB: number;
  readonly networkGbps: { readonly baseline: number; readonly peak: number };
  /** On demand, Linux, in `PRICE_REGION`. */
  readonly usdPerHour: number;
}

/** Region and day of all prices here (karpenter's generated price list). */
export const PRICE_REGION = 'us-east-1';
export const PRICE_DATE = '2026-07-20';

type Row = readonly [
  name: string,
  gpu: InstanceType['gpu']['name'],
  count: number,
  memoryMiB: number,
  vcpu: number,
  memoryGiB: number,
  nvmeGB: number,
  baselineGbps: number,
  peakGbps: number,
  usdPerHour: number,
];

// DescribeInstanceTypes as dumped by moto 5.2 (2026-08-02); prices as above.
const ROWS: readonly Row[] = [
  ['g4dn.xlarge', 'T4', 1, 16_384, 4, 16, 125, 5, 25, 0.526],
  ['g4dn.2xlarge', 'T4', 1, 16_384, 8, 32, 225, 10, 25, 0.752],
  ['g5.xlarge', 'A10G', 1, 22_888, 4, 16, 250, 2.5, 10, 1.006],
  ['g5.2xlarge', 'A10G', 1, 22_888, 8, 32, 450, 5, 10, 1.212],
  ['g5.4xlarge', 'A10G', 1, 22_888, 16, 64, 600, 10, 25, 1.624],
  ['g5.8xlarge', 'A10G', 1, 22_888, 32, 128, 900, 25, 25, 2.448],
  ['g5.16xlarge', 'A10G', 1, 22_888, 64, 256, 1_900, 25, 25, 4.096],
  ['g5.12xlarge', 'A10G', 4, 91_552, 48, 192, 3_800, 40, 40, 5.672],
  ['g5.24xlarge', 'A10G', 4, 91_552, 96, 384, 3_800, 50, 50, 8.144],
  ['g6.xlarge', 'L4', 1, 22_888, 4, 16, 250, 2.5, 10, 0.8048],
  ['g6.2xlarge', 'L4', 1, 22_888, 8, 32, 450, 5, 10, 0.9776],
  ['g6.12xlarge', 'L4', 4, 91_552, 48, 192, 3_760, 40, 40, 4.6016],
  ['g6e.xlarge', 'L40S', 1, 45_776, 4, 32, 250, 2.5, 20, 1.861],
  ['g6e.2xlarge', 'L40S', 1, 45_776, 8, 64, 450, 5, 20, 2.242],
];

/** NVIDIA's table of compute capabilities. */
const COMPUTE_CAPABILITY = { T4: 7.5, A10G: 8.6, L4: 8.9, L40S: 8.9 } as const;

/** The instance types that a fleet may be made of. */
export const INSTANCE_TYPES: readonly InstanceType[] = ROWS.map(
  ([name, gpu, count, memoryMiB, vcpu, memoryGiB, nvmeGB, baseline, peak, usdPerHour]) => ({
    name,
    gpu: { name: gpu, count, memoryMiB, computeCapability: COMPUTE_CAPABILITY[gpu] },
    vcpu,
    memoryGiB,
    nvmeGB,
    networkGbps: { baseline, peak },
    usdPerHour,
  }),
);

/** @throws RangeError that lists the known names. */
export function findInstanceType(name: string): InstanceType {
  const found = INSTANCE_TYPES.find((type) => type.name === name);
  if (found) return found;
  const known = INSTANCE_TYPES.map((type) => type.name).join(', ');
  throw new RangeError(`unknown instance type ${JSON.stringify(name)}; known: ${known}`);
}
