/**
 * Scripts by which shells complete commands, written from the tree. Each script knows, for every path of words that
 * leads to a group or a verb, what may come next; and what an option may be given where that is a choice.
 */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { nodesOf, optionsOf } from './tree.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Word {
  readonly word: string;
  readonly does: string;
}

interface Place {
  /** Words that lead here; empty at the beginning. */
  readonly path: string;
  readonly next: readonly Word[];
  /** By option, what may be given to it; empty where that is free. */
  readonly choices: ReadonlyMap<string, readonly string[]>;
}

function placesOf(program: CommandUnknownOpts): Place[] {
  const place = (path: string, command: CommandUnknownOpts): Place => {
    const options = [
      ...optionsOf(command).map(({ long, description }) => ({ word: long ?? '', does: description })),
    ];
    const verbs = command.commands.map((one) => ({ word: one.name(), does: one.summary() }));
    const given = optionsOf(command).filter(({ required }) => required);
    return {
      path,
      next: [...verbs, ...options, { word: '--help', does: 'say how it is used' }],
      choices: new Map(given.map((option) => [option.long ?? '', option.argChoices ?? []])),
    };
  };
  return [place('', program), ...nodesOf(program).map(({ path, command }) => place(path, command))];
}

export function completionScript(shell: Shell, program: CommandUnknownOpts, name: string): string {
  const places = placesOf(program);
  if (shell === 'bash') return bash(places, name);
  return shell === 'zsh' ? zsh(places, name) : fish(places, name);
}

const functionName = (name: string): string => `_${name.replaceAll(/\W/g, '_')}`;
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const forms = ({ choices }: Place): string =>
  [...choices].map(([option, words]) => `${option}=${words.join(',')}`).join(' ');

function tables(places: readonly Place[]): string {
  return places
    .map((place) => {
      const words = place.next.map(({ word }) => word).join(' ');
      return `  next[${quoted(place.path)}]=${quoted(words)}\n  given[${quoted(place.path)}]=${quoted(forms(place))}`;
    })
    .join('\n');
}

function bash(places: readonly Place[], name: string): string {
  const call = functionName(name);
  return `# Completion of ${name} for bash 4 and later. In ~/.bashrc: eval "$(${name} completion bash)"
${call}() {
  local -A next given
${tables(places.filter(({ path }) => path !== ''))}
  local root=${quoted(places[0]?.next.map(({ word }) => word).join(' ') ?? '')}
  local current="\${COMP_WORDS[COMP_CWORD]}" previous=""
  (( COMP_CWORD > 1 )) && previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
  local path="" word skip=""
  for word in "\${before[@]}"; do
    if [[ -n $skip ]]; then skip=""; continue; fi
    if [[ $word == -* ]]; then
      [[ -n $path && " \${given["$path"]-} " == *" $word="* ]] && skip=1
      continue
    fi
    [[ -n \${next["\${path:+$path }$word"]+x} ]] && path="\${path:+$path }$word"
  done
  local words="$root"
  [[ -n $path ]] && words="\${next["$path"]}"
  if [[ -n $skip ]]; then
    words=" \${given["$path"]} "
    words="\${words##* $previous=}"
    words="\${words%% *}"
    words="\${words//,/ }"
  elif [[ $current != -* ]]; then
    # Options are offered when asked for, or where nothing else may stand.
    local verbs=() one
    for one in $words; do [[ $one == -* ]] || verbs+=("$one"); done
    words="\${verbs[*]}"
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F ${call} ${name}`;
}

function zsh(places: readonly Place[], name: string): string {
  const call = functionName(name);
  const described = ({ word, does }: Word) => quoted(`${word}:${does.replaceAll(':', '\\:')}`);
  const cases = places.map(({ path, next, choices }) => {
    const values = [...choices].map(
      ([option, words]) =>
        `        ${option}) ${words.length > 0 ? `compadd -- ${words.join(' ')}` : '_files'}; return ;;`,
    );
    const verbs = next.filter(({ word }) => !word.startsWith('-'));
    const options = next.filter(({ word }) => word.startsWith('-'));
    return `    ${quoted(path)})
      case $words[CURRENT-1] in
${values.join('\n')}
      esac
      verbs=(${verbs.map(described).join(' ')})
      options=(${options.map(described).join(' ')}) ;;`;
  });
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `#compdef ${name}
# Completion of ${name} for zsh. In ~/.zshrc, after compinit: eval "$(${name} completion zsh)"
${call}() {
  local -a verbs options known
  known=(${paths.join(' ')})
  local at="" word
  for word in $words[2,CURRENT-1]; do
    [[ -n \${known[(re)\${at:+$at }$word]} ]] && at="\${at:+$at }$word"
  done
  case $at in
${cases.join('\n')}
  esac
  if [[ $words[CURRENT] == -* ]]; then _describe option options
  elif (( $#verbs )); then _describe command verbs
  else _files
  fi
}
compdef ${call} ${name}`;
}

function fish(places: readonly Place[], name: string): string {
  const call = functionName(name);
  const known = places.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const lines = places.flatMap((place) => {
    const when = `-n ${quoted(`test "$(${call}_at)" = "${place.path}"`)}`;
    const own = place.next.map(({ word, does }) => {
      if (!word.startsWith('--')) return `complete -c ${name} ${when} -f -a ${word} -d ${quoted(does)}`;
      const choices = place.choices.get(word);
      const takes =
        choices === undefined ? '' : choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : ' -r';
      return `complete -c ${name} ${when} -l ${word.slice(2)}${takes} -d ${quoted(does)}`;
    });
    return own;
  });
  return `# Completion of ${name} for fish. In ~/.config/fish/config.fish: ${name} completion fish | source
function ${call}_at
  set -l at ""
  for word in (commandline -opc)[2..]
    set -l longer (string trim "$at $word")
    contains -- "$longer" ${known.join(' ')}; and set at "$longer"
  end
  echo $at
end
${lines.join('\n')}`;
}
