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
   * Budget of the stack in US dollars a month, by its cost allocation tag: notices at 80 and 100 percent, and when
   * 100 percent are forecast.
   * @default - none
   */
  readonly monthlyBudgetUsd?: number;
  /**
   * Minutes between questions about a picture that a Lambda asks the fleet, whatever else it does; 0 asks none.
   * @default 0
   */
  readonly canaryMinutes?: number;
  /**
   * Days that logs are kept; one of those that CloudWatch Logs knows.
   * @default 30
   */
  readonly logRetentionDays?: number;
  /**
   * Tags on everything that can be tagged.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What `PutRetentionPolicy` takes (CloudWatch Logs API). */
export const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const operationsSchema = z
  .strictObject({
    alarmEmail: z.email().optional(),
    alarmTopicArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, 'must be the ARN of an SNS topic')
      .optional(),
    monthlyBudgetUsd: z.number().positive().optional(),
    canaryMinutes: z.number().int().min(0).max(1_440).default(0),
    logRetentionDays: z
      .number()
      .refine((days) => LOG_RETENTION_DAYS.includes(days), `must be one of ${LOG_RETENTION_DAYS.join(', ')}`)
      .default(30),
    tags: z.record(z.string().min(1).max(128), z.string().max(256)).readonly().default({}),
  })
  .readonly();

export type ResolvedOperations = z.output<typeof operationsSchema>;
