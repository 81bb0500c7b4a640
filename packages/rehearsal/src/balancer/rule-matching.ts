import type { ListenerConfig, RuleAction, RuleCondition } from './load-balancer-config.ts';
import { matchesWildcard } from './wildcard-pattern.ts';

/** The parts of a request that rules look at. */
export interface RequestTarget {
  readonly method: string;
  /** Request target as it came: path with query. */
  readonly url: string;
  readonly host: string;
}

/** Action of the first rule whose conditions all hold, or the listener's default action. */
export function matchAction(listener: ListenerConfig, request: RequestTarget): RuleAction {
  const rule = listener.rules.find(({ conditions }) =>
    conditions.every((condition) => holds(condition, request)),
  );
  return rule?.action ?? listener.defaultAction;
}

function holds(condition: RuleCondition, request: RequestTarget): boolean {
  switch (condition.field) {
    // Only the path, never the query; case matters.
    case 'path-pattern':
      return condition.values.some((pattern) => matchesWildcard(pattern, pathOf(request.url)));
    case 'host-header': {
      const host = hostName(request.host);
      return condition.values.some((pattern) => matchesWildcard(pattern.toLowerCase(), host));
    }
    case 'http-request-method':
      return condition.values.includes(request.method);
  }
}

function pathOf(url: string): string {
  // Absolute form ("GET http://host/path") is legal towards any server (RFC 9112, 3.2.2).
  const absolute = /^https?:\/\/[^/?#]*/i.exec(url)?.[0].length ?? 0;
  return url.slice(absolute).split('?', 1)[0] || '/';
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}
