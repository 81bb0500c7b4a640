import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { AlarmsProps } from './alarms.ts';
import { BalancerAlarms } from './balancer-alarms.ts';
import { Budget } from './budget.ts';
import { Canary } from './canary.ts';
import { Dashboard } from './dashboard.ts';
import { LaunchFailures } from './launch-failures.ts';
import type { LoadBalancer } from './load-balancer.ts';
import type { Network } from './network.ts';
import type { Verification } from './verification.ts';

export interface OperationsProps extends AlarmsProps {
  readonly group: autoscaling.AutoScalingGroup;
  readonly loadBalancer: LoadBalancer;
  readonly verification: Verification;
  readonly network: Network;
  readonly apiKey: secretsmanager.ISecret;
}

/** What watches a fleet that stands: the rest of its alarms, the dashboard, the budget, the canary. */
export class Operations extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    const { config, topic, group, loadBalancer } = props;
    const alarms = new BalancerAlarms(this, 'BalancerAlarms', { config, topic, loadBalancer });
    // Until the first instances serve there is no healthy target, which is no news.
    alarms.node.addDependency(props.verification);
    new LaunchFailures(this, 'LaunchFailures', { config, topic, group });
    this.dashboard = new Dashboard(this, 'Dashboard', { config, group, loadBalancer });
    const usd = config.operations.monthlyBudgetUsd;
    if (usd !== undefined) new Budget(this, 'Budget', { config, usd, topic });
    if (config.operations.canaryMinutes > 0) {
      const canary = new Canary(this, 'Canary', props);
      canary.node.addDependency(props.verification);
    }
  }
}
