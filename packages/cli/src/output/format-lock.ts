import type { PackageChange, PinChange } from '@pixtral-fleet/operator/lock';
import { formatTable } from './table.ts';

export interface LockResult {
  readonly models: readonly PinChange[];
  readonly packages: readonly PackageChange[];
  /** False with `--check`, and when nothing changes. */
  readonly written: boolean;
  readonly file: string;
}

/** What a new lock changes, for a person. */
export function formatLock({ models, packages, written, file }: LockResult): string {
  if (models.length === 0 && packages.length === 0) return 'Nothing changes: everything is locked as it is.';
  return [
    ...models.map(formatModel),
    ...(packages.length > 0 ? [formatPackages(packages)] : []),
    written ? `Written to ${file}; "pixtral deploy" brings it into the bucket.` : 'Nothing was written.',
  ].join('\n\n');
}

function formatModel(change: PinChange): string {
  const { repository, from, to, bytesBefore, bytesAfter } = change;
  const rows = [
    ...change.added.map((path) => ['+', path]),
    ...change.changed.map((path) => ['~', path]),
    ...change.removed.map((path) => ['-', path]),
  ];
  return [
    `${repository}: ${short(from)} → ${short(to)}, ${gigabytes(bytesBefore)} → ${gigabytes(bytesAfter)}`,
    ...(rows.length > 0 ? [formatTable({ rows })] : []),
  ].join('\n');
}

function formatPackages(packages: readonly PackageChange[]): string {
  const rows = packages.map(({ name, from, to }) => [name, from ?? 'new', '→', to ?? 'gone']);
  return `runtime: ${packages.length} packages\n${formatTable({ rows })}`;
}

function short(commit: string | undefined): string {
  return commit?.slice(0, 12) ?? 'not locked';
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
