/** One note for each of 169 packages would fill a log. */
const EVERY_MS = 10_000;

/**
 * Passes on notes such as `installing: torch` with the seconds since the beginning: at once when what stands before the
 * colon changes, and of the others one every ten seconds.
 */
export function calmProgress(
  onNote: (note: string) => void,
  now: () => number = () => performance.now(),
): (note: string) => void {
  const began = now();
  let step: string | undefined;
  let latest = 0;
  return (note) => {
    const [begins] = note.split(':');
    if (begins === step && now() - latest < EVERY_MS) return;
    step = begins;
    latest = now();
    onNote(`${note} (${Math.round((latest - began) / 1_000)} s)`);
  };
}
