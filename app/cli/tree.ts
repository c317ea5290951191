/** The tree of verbs as others read it: the table in README.md, the completion of shells, the tests of help. */
import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';

export interface Node {
  /** `tokens create` */
  readonly path: string;
  readonly command: CommandUnknownOpts;
}

/** Groups and verbs, each group before its verbs. */
export function nodesOf(program: CommandUnknownOpts): Node[] {
  const below = (command: CommandUnknownOpts, path: string): Node[] =>
    command.commands.flatMap((one) => {
      const name = `${path}${one.name()}`;
      return [{ path: name, command: one }, ...below(one, `${name} `)];
    });
  return below(program, '');
}

export const verbsOf = (program: CommandUnknownOpts): Node[] =>
  nodesOf(program).filter(({ command }) => command.commands.length === 0);

/** Those that help shows. */
export const optionsOf = (command: CommandUnknownOpts): Option[] =>
  command.options.filter(({ hidden }) => !hidden);
