/** `doctor`: what is well and what is not, a line each, and what helps. */
import { ended, machineVerb } from '../verb.ts';

export const doctor = machineVerb(
  'doctor',
  'What is well and what is not, and what to do: database, key, vocabulary, workers, connections. The exit code is 1 when something is wrong.',
  ['doctor', 'doctor --json'],
).action(async (options) => {
  const { examineHere } = await import('../doctor.ts');
  ended(await examineHere({ json: options.json === true }));
});
