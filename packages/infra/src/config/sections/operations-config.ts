import { z } from 'zod';

/** What tells people how the fleet is doing, and what it may cost. */
export interface OperationsConfig {
  /**
   * E-mail address that alarms and budget are sent to; it must confirm a message from AWS once.
   * @default - none: alarms are seen in the console only
   */
  readonly alarmEmail?: string;
  /**
   * ARN of an SNS topic of yours that alarms are sent to as well.
   * @default - none
   */
  readonly alarmTopicArn?: string;
  /**
   * Seconds within which 95 of 100 streamed answers must begin; slower ones for 15 minutes raise an alarm. Too low
   * a value raises it at every burst, which scaling answers by itself.
   * @default 15
   */
  readonly slowFirstTokenSeconds?: number;
  /**
   * Days after which an API key that instances still accept raises an alarm.
   * @default 90
   */
  readonly apiKeyMaxAgeDays?: number;
  /**
   * Budget of the stack in US dollars a month, by its cost allocation tag: notices at 80 and 100 percent, and when
   * 100 percent are forecast.
   * @default - none
   */
  readonly monthlyBudgetUsd?: number;
  /**
   * Minutes between questions about a picture that a Lambda asks the fleet; 0 asks none, 720 is the most. Two in a row
   * that are not answered right raise an alarm. A fleet that could sleep is kept awake by them.
   * @default 0
   */
  readonly canaryMinutes?: number;
  /**
   * Days that logs are kept; one of those that CloudWatch Logs knows.
   * @default 30
   */
  readonly logRetentionDays?: number;
  /**
   * Port of each instance's loopback address on which a Prometheus of that instance (a collector in your AMI, or a port
   * forwarded by Session Manager) reads `/metrics`, without a key; nothing else reaches it. 0 opens none. One that
   * something else on the instance holds is logged, and the instance serves without it.
   * @default 9464
   */
  readonly prometheusPort?: number;
  /**
   * Tags on everything that can be tagged, beside `pixtral-fleet:stack` with the stack's name. Keys must not begin
   * with `aws:`, which CloudFormation refuses at deploy.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What `PutRetentionPolicy` takes (CloudWatch Logs API). */
const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** What tags of AWS have in common (Resource Groups guide); those two prefixes are not for users. */
const TAG_KEY = /^(?!aws:|pixtral-fleet:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu;

/** 8080 is the gateway's own. */
const PROMETHEUS_PORTS = 'must be 0, or a port from 1024 to 65535 other than 8080';

export const operationsSchema = z
  .strictObject({
    alarmEmail: z.email().optional(),
    alarmTopicArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, 'must be the ARN of an SNS topic')
      .optional(),
    slowFirstTokenSeconds: z.number().min(0.1).max(600).default(15),
    apiKeyMaxAgeDays: z.number().int().min(1).max(3_650).default(90),
    monthlyBudgetUsd: z.number().positive().optional(),
    canaryMinutes: z.number().int().min(0).max(720).default(0),
    logRetentionDays: z
      .number()
      .refine((days) => LOG_RETENTION_DAYS.includes(days), `must be one of ${LOG_RETENTION_DAYS.join(', ')}`)
      .default(30),
    prometheusPort: z
      .number()
      .int()
      .min(0)
      .max(65_535)
      .refine((port) => port === 0 || (port >= 1_024 && port !== 8_080), PROMETHEUS_PORTS)
      .default(9_464),
    tags: z
      .record(z.string(), z.string().max(256))
      .refine(
        (tags) => Object.keys(tags).every((key) => TAG_KEY.test(key)),
        'keys must have 1 to 128 letters, digits, spaces or _.:/=+@-, and not begin with aws: or pixtral-fleet:',
      )
      .readonly()
      .default({}),
  })
  .readonly();

export type ResolvedOperations = z.output<typeof operationsSchema>;
