/** `completion SHELL`: the script by which a shell completes commands. */
import { Argument } from '@commander-js/extra-typings';
import { completionScript, SHELLS } from '../completion.ts';
import { NotUnderstood } from '../not-understood.ts';
import { sayFile } from '../terminal.ts';
import { begun } from '../verb.ts';

export const completion = begun(
  'completion',
  'The script by which bash, zsh or fish completes commands.',
  ['completion bash --name fhir-omop', 'completion zsh', 'completion fish'],
  'Shells complete what stands behind a word, so give the program one: alias fhir-omop="npm run --silent cli --".',
)
  .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
  .option('--name <word>', 'the word by which you call it', 'fhir-omop')
  .action((shell, { name }, command) => {
    if (!/^[\w.-]{1,50}$/.test(name)) throw new NotUnderstood('--name: expected a word, such as fhir-omop.');
    const { parent } = command;
    if (parent) sayFile(`${completionScript(shell, parent, name)}\n`);
  });
