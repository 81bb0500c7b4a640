import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSimulatedModel } from '@pixtral-fleet/simulator';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import type { SetExitCode } from '../program.ts';

/** `pixtral simulate`: a model server without a model, for trying a client. */
export function addSimulate(program: Command, setExitCode: SetExitCode): void {
  program
    .command('simulate')
    .description(
      'start a model server that answers like vLLM and decides from the pixels (no GPU, no weights)',
    )
    .requiredOption('--port <number>', 'TCP port of 127.0.0.1', parsePort)
    .option('--model <name>', 'served model name', 'pixtral-12b')
    .option('--api-key <key>', 'API key that requests must carry')
    .action(async (flags: { readonly port: number; readonly model: string; readonly apiKey?: string }) => {
      const model = await mkdtemp(join(tmpdir(), 'pixtral-model-'));
      try {
        await writeSimulatedModel(model, { bytes: 1024 });
        setExitCode(await serve(model, flags));
      } finally {
        await rm(model, { recursive: true, force: true });
      }
    });
}

async function serve(
  model: string,
  flags: { readonly port: number; readonly model: string; readonly apiKey?: string },
): Promise<number> {
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

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`--port must be a whole number from 1 to 65535, got ${JSON.stringify(text)}`);
  }
  return port;
}
