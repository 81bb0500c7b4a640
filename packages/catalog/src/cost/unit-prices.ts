/** Where a price was found. */
export const PRICE_SOURCES = {
  /** Two lists of June 2026 that agree. */
  vpc: 'AWS VPC pricing, us-east-1, as listed by others on 2026-06-01',
  balancer: 'AWS Elastic Load Balancing pricing, us-east-1, as quoted by others on 2026-05-08',
  known: 'AWS list price, us-east-1, as generally known in November 2026; not fetched from AWS',
} as const;

/** What AWS asks for a unit of something, in US dollars and in `PRICE_REGION`. */
export interface UnitPrice {
  readonly usd: number;
  readonly unit: string;
  readonly source: keyof typeof PRICE_SOURCES;
}

export type UnitPriceId = keyof typeof UNIT_PRICES;

/** All prices but those of instances, which stand beside the instance types. Other regions cost up to half as much again. */
export const UNIT_PRICES = {
  interfaceEndpointHour: { usd: 0.01, unit: 'hour, endpoint and zone', source: 'vpc' },
  interfaceEndpointGB: { usd: 0.01, unit: 'GB through an interface endpoint', source: 'vpc' },
  natHour: { usd: 0.045, unit: 'hour and NAT gateway', source: 'vpc' },
  natGB: { usd: 0.045, unit: 'GB through a NAT gateway', source: 'vpc' },
  publicAddressHour: { usd: 0.005, unit: 'hour and public IPv4 address', source: 'known' },
  balancerHour: { usd: 0.0225, unit: 'hour and load balancer', source: 'balancer' },
  balancerUnitHour: { usd: 0.008, unit: 'hour and LCU', source: 'balancer' },
  gp3GiBMonth: { usd: 0.08, unit: 'GiB and month', source: 'known' },
  s3GBMonth: { usd: 0.023, unit: 'GB and month, S3 Standard', source: 'known' },
  s3Thousand: { usd: 0.0004, unit: 'thousand GET requests', source: 'known' },
  metricMonth: { usd: 0.3, unit: 'custom metric and month', source: 'known' },
  metricThousand: { usd: 0.01, unit: 'thousand PutMetricData requests', source: 'known' },
  alarmMonth: { usd: 0.1, unit: 'alarm metric and month', source: 'known' },
  fastAlarmMonth: { usd: 0.3, unit: 'alarm metric of 10 or 30 seconds and month', source: 'known' },
  dashboardMonth: { usd: 3, unit: 'dashboard and month', source: 'known' },
  logGB: { usd: 0.5, unit: 'GB of logs taken in', source: 'known' },
  logGBMonth: { usd: 0.03, unit: 'GB of logs and month', source: 'known' },
  secretMonth: { usd: 0.4, unit: 'secret and month', source: 'known' },
  keyMonth: { usd: 1, unit: 'KMS key and month', source: 'known' },
  buildMinute: { usd: 0.01, unit: 'minute of CodeBuild, general1.medium', source: 'known' },
  lambdaGBSecond: { usd: 0.0000166667, unit: 'GB-second of Lambda', source: 'known' },
} as const;

// Beside the list and not in it, since a package with this inlined is published with isolated declarations.
UNIT_PRICES satisfies Readonly<Record<string, UnitPrice>>;
