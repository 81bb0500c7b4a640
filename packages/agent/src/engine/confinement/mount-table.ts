/** One line of `/proc/PID/mountinfo` (proc(5)). */
export interface Mount {
  readonly id: number;
  readonly parent: number;
  /** Which folder of the file system is seen there. */
  readonly root: string;
  readonly path: string;
  /** Neither this mount nor the file system is read-only. */
  readonly writable: boolean;
  readonly type: string;
  /** Of the file system: `rw`, `hidepid=invisible`, … */
  readonly options: readonly string[];
}

/** In the order of the table. */
export function parseMountTable(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after] = line.split(' - ', 2);
    if (after === undefined) return [];
    const [id, parent, , root = '', path = '', flags = ''] = before.split(' ');
    const [type = '', , options = ''] = after.split(' ');
    const isReadOnly = [flags, options].some((each) => each.split(',').includes('ro'));
    return {
      ...{ id: Number(id), parent: Number(parent), root: readOctal(root), path: readOctal(path) },
      ...{ writable: !isReadOnly, type, options: options.split(',') },
    };
  });
}

/** Mounts that can be reached: another one may lie above them, or above a folder on the way to them. */
export function visibleMounts(mounts: readonly Mount[]): readonly Mount[] {
  return mounts.filter((mount) => mountAt(mounts, mount.path) === mount);
}

/** The mount that a path leads to. */
function mountAt(mounts: readonly Mount[], path: string): Mount | undefined {
  const ids = new Set(mounts.map(({ id }) => id));
  let at = mounts.find((mount) => mount.path === '/' && !ids.has(mount.parent));
  const parts = path.split('/').filter(Boolean);
  for (let length = 0; length <= parts.length; length += 1) {
    const prefix = `/${parts.slice(0, length).join('/')}`;
    for (;;) {
      const above = mounts.findLast(
        ({ parent, path: where, id }) => parent === at?.id && where === prefix && id !== at.id,
      );
      if (above === undefined) break;
      at = above;
    }
  }
  return at;
}

/** The kernel writes blanks, tabs, line ends and backslashes as `\040` and so on. */
function readOctal(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
