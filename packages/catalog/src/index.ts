export {
  type BootBudget,
  type BootOptions,
  type BootPhase,
  budgetBoot,
  RUNTIME_BYTES,
} from './boot-budget.ts';
export {
  CHECKPOINT_IDS,
  CHECKPOINTS,
  type Checkpoint,
  type CheckpointId,
  findCheckpoint,
} from './checkpoints.ts';
export { type BreakEven, breakEven } from './cost/break-even.ts';
export {
  type CostLine,
  computeMonthlyCost,
  type FleetSize,
  HOURS_PER_MONTH,
  type MonthlyCost,
  type MonthlyCostOptions,
} from './cost/monthly-cost.ts';
export { API_PRICE, apiUsdPerThousandImages, usdPerThousandImages } from './cost/per-image.ts';
export { PRICE_SOURCES, UNIT_PRICES, type UnitPrice, type UnitPriceId } from './cost/unit-prices.ts';
export { readDataUri } from './data-uri.ts';
export { compareVersions, VLLM_VERSION, VLLM_VERSION_FLOOR } from './engine-version.ts';
export { FLEET_TAG } from './fleet-tag.ts';
export { type ImageFormat, type ImageHeader, readImageHeader } from './image-header.ts';
export { ImageHeaderError, type ImageHeaderReason } from './image-header-error.ts';
export {
  DEFAULT_IMAGE_LIMITS,
  type ImageLimits,
  type MeasuredImage,
  refuseImage,
  refuseImageBytes,
  refuseImageCount,
  refuseUnreadableImage,
} from './image-limits.ts';
export {
  countImageTokens,
  fitImageSize,
  type ImageSize,
  type ImageTokenRule,
  PIXTRAL_IMAGE_TOKEN_RULE,
} from './image-tokens.ts';
export { findOfferingZones, OFFERING_REGIONS, OFFERINGS_DATE } from './instance-offerings.ts';
export {
  findInstanceType,
  INSTANCE_TYPES,
  type InstanceType,
  PRICE_DATE,
  PRICE_REGION,
} from './instance-types.ts';
export { explainLaunchFailure, type LaunchFailure } from './launch-failure.ts';
export {
  type FitOptions,
  fitCheckpoint,
  GPU_MEMORY_UTILIZATION,
  KV_BYTES_PER_TOKEN,
  leastVcpu,
  type MemoryFit,
} from './memory-fit.ts';
export {
  BOOT_BUDGET_SECONDS,
  INSTANCE_METRICS,
  METRIC_DIMENSIONS,
  METRIC_NAMESPACE,
  METRIC_PERIOD_SECONDS,
  METRICS,
  type MetricDefinition,
  type MetricId,
  type MetricUnit,
} from './metrics.ts';
export { createStepTime, PICTURE_PREPARE_MS, type StepLoad, type StepTime } from './pace/step-time.ts';
export {
  estimateThroughput,
  type PictureRequest,
  PUBLISHED_SHARE,
  type Throughput,
  type ThroughputOptions,
  TYPICAL_ANSWER_TOKENS,
  TYPICAL_TEXT_TOKENS,
} from './pace/throughput.ts';
