import { join } from 'node:path';
import { loadConfig } from '@pixtral-fleet/infra/config';
import { closeClients, createContext, runDoctor } from '@pixtral-fleet/operator/doctor';
import type { DoctorFlags } from '../commands/doctor.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { formatDoctor } from '../output/format-doctor.ts';
import { print } from '../output/print.ts';
import { REPOSITORY } from '../repository.ts';

export async function doctor(flags: DoctorFlags): Promise<ExitCode> {
  // The SDK looks for it there, and so does whatever it starts.
  if (flags.profile) process.env.AWS_PROFILE = flags.profile;
  const config = await loadConfig(flags.config ?? join(REPOSITORY, 'pixtral.config.ts'));
  const { signal } = interruptSignal();
  const context = await createContext({ config, signal });
  const report = await runDoctor(context);
  closeClients(context.clients);
  if (signal.aborted) return EXIT.interrupted;
  print(report, { json: flags.json, format: formatDoctor });
  return report.ok ? EXIT.ok : EXIT.failed;
}
