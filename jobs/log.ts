/**
 * The log of a process, on standard error, so that standard output stays for people and pipes. One rule: JSON lines for
 * machines; where a person reads along, on a terminal and in the command line, each line is for people.
 */
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { LIMITS } from '../sql/settings/program.ts';
import { CATALOGUE } from './step/catalogue/catalogue.ts';
import { oneLine } from './step/clean.ts';
import { readSettings } from './step/settings.ts';
import { underWay } from './step/under-way.ts';

export function openLog(
  env: NodeJS.ProcessEnv,
  forPeople = process.stderr.isTTY === true,
  to: DestinationStream = destination(2),
): Logger {
  const options = {
    name: 'fhir-omop-sync',
    level: readSettings({ LOG_LEVEL: LIMITS.LOG_LEVEL }, env).LOG_LEVEL,
    // Whatever is said within a step belongs to it, its run and its connection.
    mixin: () => ({ ...underWay() }),
  };
  if (!forPeople) return pino(options, to);
  // A line of progress may stand there, which is drawn again.
  const clear = process.stderr.isTTY ? '\r\x1b[2K' : '';
  return pino(options, { write: (line) => void process.stderr.write(`${clear}${readable(line)}\n`) });
}

/** Of every line the same, or told otherwise. */
const LEFT_OUT = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'name']);
const SHOWN = 5;

/** `12:00:03Z warn  what happened (run_id 7, step export)` */
export function readable(line: string): string {
  const fields: Record<string, unknown> = JSON.parse(line);
  const { level, time, msg } = fields;
  const said = Object.entries(fields)
    .filter(([name, value]) => !LEFT_OUT.has(name) && value !== undefined && value !== msg)
    // What the catalogue explains needs no frames; logs for machines have them all the same.
    .filter(([name]) => name !== 'stack' || !(String(fields['code']) in CATALOGUE))
    .map(([name, value]) => `${name} ${shown(value)}`);
  const when = new Date(Number(time)).toISOString().slice(11, 19);
  const word = pino.levels.labels[Number(level)] ?? String(level);
  return oneLine(`${when}Z ${word.padEnd(5)} ${msg ?? ''}${said.length > 0 ? ` (${said.join(', ')})` : ''}`);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) {
    const more = value.length - SHOWN;
    return `${value.slice(0, SHOWN).map(shown).join(' ')}${more > 0 ? ` and ${more} more` : ''}`;
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
