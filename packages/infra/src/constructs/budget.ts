import { FLEET_TAG } from '@pixtral-fleet/catalog';
import * as budgets from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import type { AlarmTopic } from './alarm-topic.ts';

export interface BudgetProps {
  readonly config: ResolvedConfig;
  readonly usd: number;
  readonly topic: AlarmTopic;
}

/**
 * A monthly budget of everything that has the fleet's tag. AWS attributes cost to a tag only after somebody activated it
 * as a cost allocation tag, once for the organisation (docs/operations-monitoring.md).
 */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, props: BudgetProps) {
    super(scope, id);
    const { stackName } = props.config;
    const notice = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: {
        notificationType,
        comparisonOperator: 'GREATER_THAN',
        threshold,
        thresholdType: 'PERCENTAGE',
      },
      // One topic a notice is all that AWS Budgets takes.
      subscribers: [{ subscriptionType: 'SNS', address: props.topic.topic.topicArn }],
    });
    new budgets.CfnBudget(this, 'Resource', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: props.usd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:${FLEET_TAG}$${stackName}`] },
      },
      notificationsWithSubscribers: [notice('ACTUAL', 80), notice('ACTUAL', 100), notice('FORECASTED', 100)],
    });
  }
}
