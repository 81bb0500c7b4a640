/** Whether a target group's matcher (`200`, `200,202`, `200-299`) counts the status as a passed health check. */
export function matchesStatus(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const range = parseRange(part);
    return range !== undefined && status >= range.from && status <= range.to;
  });
}

/** Whether every part of the matcher is a status code or a range of them. */
export function isStatusMatcher(matcher: string): boolean {
  return matcher.split(',').every((part) => parseRange(part) !== undefined);
}

function parseRange(part: string): { from: number; to: number } | undefined {
  const found = /^\s*(\d{3})(?:-(\d{3}))?\s*$/.exec(part);
  if (!found) return undefined;
  const from = Number(found[1]);
  return { from, to: Number(found[2] ?? found[1]) };
}
