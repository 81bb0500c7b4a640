/** A notice that EC2 takes the instance back in so many seconds. */
export function spotNotice(seconds: number): string {
  return JSON.stringify({
    action: 'terminate',
    time: new Date(Date.now() + seconds * 1_000).toISOString(),
  });
}
