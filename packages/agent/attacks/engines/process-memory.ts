import { readdir, readFile } from 'node:fs/promises';

/** Resident bytes of a process and all that it has started, as Linux tells them. */
export async function memoryOfProcesses(pid: number): Promise<number> {
  const processes = await listProcesses();
  const own = new Set([pid]);
  // A child's number is not always the larger one.
  for (let grew = true; grew; ) {
    grew = false;
    for (const { id, parent } of processes) {
      if (!own.has(parent) || own.has(id)) continue;
      own.add(id);
      grew = true;
    }
  }
  return processes.filter(({ id }) => own.has(id)).reduce((sum, { bytes }) => sum + bytes, 0);
}

async function listProcesses(): Promise<{ id: number; parent: number; bytes: number }[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const statuses = await Promise.all(
    // Processes come and go.
    ids.map((id) => readFile(`/proc/${id}/status`, 'utf8').catch(() => '')),
  );
  return statuses
    .map((status, index) => ({
      id: Number(ids[index]),
      parent: number(status, 'PPid'),
      bytes: number(status, 'VmRSS') * 1024,
    }))
    .filter(({ parent }) => parent >= 0);
}

function number(status: string, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status);
  return match ? Number(match[1]) : field === 'VmRSS' ? 0 : -1;
}
