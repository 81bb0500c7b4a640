import { spawn } from 'node:child_process';

/** Runs a command to its end and returns what it printed. @throws Error with all of that when it fails. */
export function run(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    /** @default - this process's */
    readonly env?: NodeJS.ProcessEnv;
    /** Whether what it printed to standard error comes too, at the end. @default false */
    readonly withErrors?: boolean;
  },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(options.withErrors ? stdout + stderr : stdout);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}\n${stdout}${stderr}`));
    });
  });
}
