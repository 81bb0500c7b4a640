import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSimulatedModel } from '@pixtral-fleet/simulator';
import type { SimulateFlags } from '../commands/simulate.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';

export async function simulate(flags: SimulateFlags): Promise<number> {
  const model = await mkdtemp(join(tmpdir(), 'pixtral-model-'));
  try {
    await writeSimulatedModel(model, { bytes: 1024 });
    return await serve(model, flags);
  } finally {
    await rm(model, { recursive: true, force: true });
  }
}

async function serve(model: string, flags: SimulateFlags): Promise<number> {
  const main = join(dirname(fileURLToPath(import.meta.resolve('@pixtral-fleet/simulator'))), 'main.ts');
  const args = [
    'serve',
    model,
    '--host',
    '127.0.0.1',
    '--port',
    String(flags.port),
    '--served-model-name',
    flags.model,
  ];
  if (flags.apiKey) args.push('--api-key', flags.apiKey);
  const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit' });
  const { signal } = interruptSignal();
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  return signal.aborted ? EXIT.ok : (code ?? EXIT.failed);
}
