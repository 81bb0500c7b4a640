import type { ModelPin } from '@pixtral-fleet/agent';
import type { ModelLock } from '@pixtral-fleet/infra/lock';

/** How a repository's pin differs from what it was. */
export interface PinChange {
  readonly repository: string;
  /** Commits; undefined where it was not or is no longer locked. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Bytes of all files, before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** What differs between two locks, by repository; empty when nothing does. */
export function diffLocks(before: ModelLock, after: ModelLock): readonly PinChange[] {
  const repositories = new Set([...Object.keys(before.models), ...Object.keys(after.models)]);
  return [...repositories].toSorted().flatMap((repository) => {
    const change = diffPins(repository, before.models[repository], after.models[repository]);
    const same = change.from === change.to && change.changed.length === 0;
    return same && change.added.length === 0 && change.removed.length === 0 ? [] : [change];
  });
}

function diffPins(repository: string, before: ModelPin | undefined, after: ModelPin | undefined): PinChange {
  const [old, now] = [hashes(before), hashes(after)];
  return {
    repository,
    from: before?.commit,
    to: after?.commit,
    added: [...now.keys()].filter((path) => !old.has(path)),
    changed: [...now.keys()].filter((path) => old.has(path) && old.get(path) !== now.get(path)),
    removed: [...old.keys()].filter((path) => !now.has(path)),
    bytesBefore: bytesOf(before),
    bytesAfter: bytesOf(after),
  };
}

function hashes(pin: ModelPin | undefined): ReadonlyMap<string, string> {
  return new Map((pin?.files ?? []).map(({ path, sha256 }) => [path, sha256]));
}

function bytesOf(pin: ModelPin | undefined): number {
  return (pin?.files ?? []).reduce((sum, { size }) => sum + size, 0);
}
