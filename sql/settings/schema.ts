/** Every variable that this program reads, in one schema. The table of README.md and .env.example are made from it. */
import { DATABASE } from './database.ts';
import { EHR } from './ehr.ts';
import { SECOND_PERSON, SIGN_IN } from './people.ts';
import { ALERTS, COMMAND_LINE, KEYS, LIMITS, OUTBOUND, RECORD, WORKERS } from './program.ts';
import { SERVER } from './server.ts';
import { aboutOf } from './setting.ts';

export const SETTINGS = {
  ...DATABASE,
  ...SERVER,
  ...KEYS,
  ...SIGN_IN,
  ...SECOND_PERSON,
  ...EHR,
  ...OUTBOUND,
  ...ALERTS,
  ...RECORD,
  ...LIMITS,
  ...WORKERS,
  ...COMMAND_LINE,
};

/** Each setting with what is said of it. */
export const ALL = Object.entries(SETTINGS).map(([name, schema]) => ({ name, ...aboutOf(schema) }));

/** Names that are also taken from a file. */
export const SECRETS: readonly string[] = ALL.filter(({ secret }) => secret).flatMap(
  ({ name, formerly = [] }) => [name, ...formerly],
);
