/** `doctor`: what is well and what is not, a line each, and what helps. */
import { ended, machineVerb } from '../verb.ts';

export const doctor = machineVerb(
  'doctor',
  'What is well and what is not, and what to do: versions, database, rights, key, way to EHRs, disk, vocabulary, workers, queue, schedules, connections, and the reach and clock of their servers. The exit code is 1 when something is wrong.',
  ['doctor', 'doctor --offline', 'doctor --json'],
)
  .option('--offline', 'ask no EHR whether it can be reached')
  .action(async (options) => {
    const { examineHere } = await import('../doctor.ts');
    ended(await examineHere({ json: options.json === true, offline: options.offline === true }));
  });
