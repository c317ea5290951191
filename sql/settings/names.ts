/**
 * Variables that nobody reads and that look like ours: a misspelt EHR_GROUP_ID would export the whole server. Those of the
 * connection `env` stop the start; others are told, since they may be somebody else's.
 */
import { fileOf } from './files.ts';
import { ALL, SECRETS } from './schema.ts';
import type { Environment } from './setting.ts';

const KNOWN = new Set([
  ...ALL.flatMap(({ name, formerly = [] }) => [name, ...formerly]),
  ...SECRETS.map(fileOf),
]);
/** Beginnings that are ours. */
const OURS = /^(EHR|PF|SYNC|OIDC|ALERT|AUDIT|ENCRYPTION|SECOND_PERSON)_/;
/** What Kubernetes gives each container of each service, which may be called "ehr". */
const OF_KUBERNETES = /_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)$/;
/** Of others, and a letter or two away from ours. */
const OF_OTHERS = new Set(['HTTP_PROXY', 'http_proxy', 'SSL_CERT_FILE']);
/** Shorter names are too near to those of others. */
const LEAST_LENGTH = 8;
const FARTHEST = 2;

export interface UnknownNames {
  /** These stop the start. */
  readonly faults: readonly string[];
  /** These are told. */
  readonly warnings: readonly string[];
}

export function unknownNames(env: Environment): UnknownNames {
  const unknown = Object.keys(env).filter(
    (name) => env[name] && !KNOWN.has(name) && !OF_OTHERS.has(name) && !OF_KUBERNETES.test(name),
  );
  const speaksOld = ALL.some(({ formerly = [] }) =>
    formerly.some((name) => name.startsWith('PF_') && env[name]),
  );
  const stops = (name: string) => name.startsWith('EHR_') || (speaksOld && name.startsWith('PF_'));
  const faults = unknown
    .filter(stops)
    .map((name) => `${name}: expected a setting that exists${suggestion(nearest(name))}`);
  const warnings = unknown.flatMap((name) => {
    if (stops(name)) return [];
    const near = name.length >= LEAST_LENGTH ? nearest(name, FARTHEST) : undefined;
    if (near === undefined && !OURS.test(name)) return [];
    return [`${name} is no setting of this program and has no effect${suggestion(near ?? nearest(name))}`];
  });
  return { faults, warnings };
}

const suggestion = (near: string | undefined) => (near === undefined ? '' : ` (did you mean ${near}?)`);

/** The known name that is the fewest changes away, when those are not too many. */
function nearest(name: string, most = Math.max(3, Math.floor(name.length / 3))): string | undefined {
  const ranked = [...KNOWN].map((known) => ({ known, away: distance(name, known) }));
  const [best] = ranked.filter(({ away }) => away <= most).sort((a, b) => a.away - b.away);
  return best?.known;
}

/** Characters to be added, taken away, changed, or swapped with the next one. */
function distance(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + change,
        swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
