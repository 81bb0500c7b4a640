import type {
  Action,
  RuleCondition as ApiCondition,
  Listener,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { BalancerConfigError } from './balancer-config-error.ts';
import type { ListenerConfig, ListenerRule, RuleAction, RuleCondition } from './load-balancer-config.ts';

/** Checks a listener with its rules. Throws a BalancerConfigError at the first thing that the twin does not play. */
export function parseListener(listener: Listener, rules: readonly Rule[]): ListenerConfig {
  const arn = listener.ListenerArn ?? 'listener without an ARN';
  if (listener.Port === undefined) throw new BalancerConfigError(arn, 'has no port');
  const { Protocol: protocol } = listener;
  if (protocol !== 'HTTP' && protocol !== 'HTTPS')
    throw new BalancerConfigError(arn, `protocol must be HTTP or HTTPS, got ${protocol}`);
  return {
    arn,
    port: listener.Port,
    protocol,
    rules: rules
      .filter((rule) => rule.Priority !== 'default' && rule.IsDefault !== true)
      .map(parseRule)
      .toSorted((a, b) => a.priority - b.priority),
    defaultAction: parseActions(arn, listener.DefaultActions),
  };
}

/** ARNs of all target groups that requests can reach. */
export function referredTargetGroups(listener: ListenerConfig): readonly string[] {
  const actions = [...listener.rules.map((rule) => rule.action), listener.defaultAction];
  const arns = actions.flatMap((action) =>
    action.type === 'forward' ? action.targetGroups.map((group) => group.arn) : [],
  );
  return [...new Set(arns)];
}

function parseRule(rule: Rule): ListenerRule {
  const arn = rule.RuleArn ?? 'rule without an ARN';
  const priority = Number(rule.Priority);
  if (!Number.isInteger(priority) || priority < 1) {
    throw new BalancerConfigError(
      arn,
      `priority must be a whole number from 1, got ${JSON.stringify(rule.Priority)}`,
    );
  }
  if (rule.Transforms?.length) {
    throw new BalancerConfigError(
      arn,
      'has transforms (URL or host rewriting), which the rehearsal does not play',
    );
  }
  return {
    arn,
    priority,
    conditions: (rule.Conditions ?? []).map((condition) => parseCondition(arn, condition)),
    action: parseActions(arn, rule.Actions),
  };
}

function parseCondition(arn: string, condition: ApiCondition): RuleCondition {
  const field = condition.Field;
  if (field !== 'path-pattern' && field !== 'host-header' && field !== 'http-request-method') {
    throw new BalancerConfigError(
      arn,
      `condition "${field}" is not played by the rehearsal; it knows path-pattern, host-header and http-request-method`,
    );
  }
  const config = {
    'path-pattern': condition.PathPatternConfig,
    'host-header': condition.HostHeaderConfig,
    'http-request-method': condition.HttpRequestMethodConfig,
  }[field];
  if (config && 'RegexValues' in config && config.RegexValues?.length) {
    throw new BalancerConfigError(
      arn,
      `condition "${field}" has regular expressions, which the rehearsal does not play`,
    );
  }
  const values = config?.Values?.length ? config.Values : (condition.Values ?? []);
  if (values.length === 0) throw new BalancerConfigError(arn, `condition "${field}" has no values`);
  return { field, values };
}

function parseActions(arn: string, actions: readonly Action[] | undefined): RuleAction {
  const [action, ...more] = actions ?? [];
  if (!action) throw new BalancerConfigError(arn, 'has no action');
  if (more.length > 0) {
    const types = [action, ...more].map(({ Type }) => Type).join(', ');
    throw new BalancerConfigError(
      arn,
      `has several actions (${types}); the rehearsal plays one forward or fixed-response`,
    );
  }
  switch (action.Type) {
    case 'forward':
      return parseForward(arn, action);
    case 'fixed-response':
      return parseFixedResponse(arn, action);
    default:
      throw new BalancerConfigError(
        arn,
        `action "${action.Type}" is not played by the rehearsal; it knows forward and fixed-response`,
      );
  }
}

function parseForward(arn: string, action: Action): RuleAction {
  if (action.ForwardConfig?.TargetGroupStickinessConfig?.Enabled) {
    throw new BalancerConfigError(arn, 'has target group stickiness, which the rehearsal does not play');
  }
  const listed = action.ForwardConfig?.TargetGroups ?? [];
  const groups = listed.length > 0 ? listed : [{ TargetGroupArn: action.TargetGroupArn }];
  const targetGroups = groups.map((group) => {
    if (!group.TargetGroupArn)
      throw new BalancerConfigError(arn, 'forwards to a target group without an ARN');
    return { arn: group.TargetGroupArn, weight: 'Weight' in group ? (group.Weight ?? 1) : 1 };
  });
  return { type: 'forward', targetGroups };
}

function parseFixedResponse(arn: string, action: Action): RuleAction {
  const config = action.FixedResponseConfig;
  const statusCode = Number(config?.StatusCode);
  if (!Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) {
    throw new BalancerConfigError(
      arn,
      `fixed response's status must be 200 to 599, got ${JSON.stringify(config?.StatusCode)}`,
    );
  }
  return {
    type: 'fixed-response',
    statusCode,
    contentType: config?.ContentType ?? 'text/plain',
    body: config?.MessageBody ?? '',
  };
}
