/**
 * `npm run cli -- COMMAND`. It exits with 0 when the command succeeded, with 1 when it did not, and with 2
 * when it was not understood.
 */
import { parseArgs } from 'node:util';
import { describeError } from '../../jobs/step/describe-error.ts';
import { alertCommand } from './alerts.ts';
import { approvalCommand } from './approvals.ts';
import { askAgain } from './ask-again.ts';
import { auditCommand } from './audit.ts';
import { setCohort } from './cohort.ts';
import { DEID_VERBS, deidentify } from './deid.ts';
import { doctor } from './doctor.ts';
import { importPaths } from './import.ts';
import { showJwks } from './jwks.ts';
import { keysCommand } from './keys.ts';
import { localCodeCommand } from './local-code-commands.ts';
import { liftPurge, purgePatient, showPurges } from './purge.ts';
import { checkQuality, writeDqdResults } from './quality.ts';
import { confirmSite, reconcileSite } from './reconcile.ts';
import { redriveSite } from './redrive.ts';
import { remap } from './remap.ts';
import { showServerText } from './server-text.ts';
import { snapshot } from './snapshot.ts';
import { showStatus } from './status.ts';
import { cancelSite, retrySite, syncSite } from './sync.ts';
import { complain } from './terminal.ts';
import { tokenCommand } from './tokens.ts';
import { vocabularyCommand } from './vocabulary-commands.ts';

const USAGE = `Usage: npm run cli -- COMMAND

  vocabulary load DIR|ZIP       load a vocabulary download of athena.ohdsi.org as the new release
  vocabulary search TEXT        concepts by name, synonym or code; --domain --vocabulary --class --standard S|C|none
                                --limit --offset --json
  vocabulary concept ID         a concept with its relationships and ancestors; --json as the API answers it
  vocabulary map SYSTEM CODE    what a sync makes of a code; --site KEY with the code systems of a site; --json
  vocabulary release            which vocabulary is loaded; --json
  vocabulary index              build what the search needs, where a load has not
  maps import FILE [--apply]    check a CSV file of local maps (USAGI's too: --system URI), and write it with --apply;
                                --replace lets stored maps of the same codes end
  maps list, maps export        the local maps as a table (--search, --system, --state, --json), as CSV
  unmapped                      codes in use without a Standard concept, the most frequent first (--site, --domain,
                                --search, --csv, --json)
  unmapped suggest ID           Standard concepts with like words, for one of them (--json)
  unmapped map ID CONCEPT       map one of them, and map again what uses it
  import PATH… --site KEY [--new]
                                load folders and files as an export of site KEY (--new: a further site): NDJSON, Bundles
                                and resources in .json, .gz and .zst of these, .zip and .tar.gz
  cohort SITE FILE [--system URI]
                                whom searches are about: patient ids or system|value, a line each (CSV: first column)
  sync SITE [--full] [--watch]  start a sync; --full asks for everything, --watch works on it here until it ends
  sync SITE --patient WHO [--watch]
                                some patients now, by searches: system|value or Patient/id; up to a hundred times --patient
  retry SITE [--watch]          take the last run up again from where it failed
  cancel SITE                   end the live run; what is loaded stays. One that asks by searches is paused so: retry goes on
  redrive SITE [--reason CODE] [--type TYPE] [--watch]
                                map failures again from the chunks that are kept, and what waits
  ask-again SITE [--type TYPE]  ask again for what the EHR refused when it was asked for what its exports leave out
  purge SITE PATIENT --reason TEXT [--unknown] [--watch]
                                take a patient out, and never load them again (--unknown: also one who has not come yet)
  purge SITE [--lift PURGE]     list the purges of a site, or let a purged patient be loaded again
  reconcile SITE [--watch]      full sync, compared with what is stored: what vanished at the source
  reconcile SITE --confirm RUN --vanished N [--override]
                                remove what that run found vanished
  remap [--site KEY] [--report] [--all] [--watch]
                                after a new vocabulary or changed local maps: map again what they change, from what is
                                kept; --report only says what that is, --all also after changed settings or an update
  tokens create --role viewer|mapper|operator|admin --note TEXT [--site KEY,KEY] [--expires 90d|DAY]
                                make a token of the API for a program; it is shown once
  tokens list, tokens revoke ID the tokens that there are; refuse one from now on
  tokens sign-in                a one-time address by which a browser signs in as admin
  alerts, alerts seen ID        what is open, of connections and of the installation; say that you have seen one
  approvals                     what waits for a second person (REQUIRE_SECOND_PERSON), and what became of the others
  approvals show|approve|refuse ID
                                what it would do and to whom; do it, or not
  audit list                    who did what, newest first (--actor, --action, --object, --since, --until, --limit, --json)
  audit export                  all of it as NDJSON, or --csv
  audit verify [--anchor TEXT]  whether somebody has changed it; the anchor is in the log, once a day
  audit acknowledge --reason TEXT --seals A-B | --events A-B
                                a break that you know of: verify then tells of it apart
  status [SITE]                 connections and their last runs
  server-text SITE              what the EHR said in words when it refused something, where the connection keeps that
  doctor                        what is well and what is not: database, key, vocabulary, connections
  deid create|refresh           make the de-identified copy of the CDM for researchers (schema cdm_deid), or make it anew
  deid drop [--forget-key]      drop it; without its key a later one has other ids and dates
  quality                       run the data quality checks over the whole CDM
  quality --dqd FILE [--concept-level FILE]
                                run those of OHDSI's Data Quality Dashboard, and write its file of results; with its own
                                file of checks of concepts
  snapshot --out DIR [--schema SCHEMA] [--format parquet|duckdb] [--tables A,B]
                                a copy of the CDM (or of cdm_deid) for a study, as of one moment, with a manifest
  jwks SITE                     the public keys of a connection as a JWK Set, to register at the EHR
  keys create --connection SITE [--algorithm ES384|RS384] [--bits 3072|4096]
                                make a key pair here: it signs at once, or next where the site has a key
  keys rotate --connection SITE [--overlap-days N]
                                let the next key sign; the one before stays published for 7 days
  keys certificate --connection SITE --certificate FILE --key FILE | --remove
                                the certificate that is shown to its servers, if they ask for one (mTLS)
  keys list --connection SITE   the key pairs that were made here
  keys rotate-encryption        seal all stored secrets again with the first encryption key

The database is DATABASE_URL, or else the embedded PostgreSQL in DATA_DIR (./.data).`;

// The reader of the output may close the pipe early (`… | head`); the work goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  try {
    const command = read(args);
    if (typeof command === 'string') {
      complain(command);
      return args.length === 0 || args.includes('--help') ? 0 : 2;
    }
    return (await command()) ? 0 : 1;
  } catch (error) {
    const { code, message } = describeError(error);
    complain(`\nFailed (${code}): ${message}`);
    return 1;
  }
}

/** Returns the command to run, or a message when the arguments make no command. */
function read(args: string[]): string | (() => Promise<boolean>) {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return `${error instanceof Error ? error.message : error}\n\n${USAGE}`;
  }
  const { values, positionals } = parsed;
  const [command, first, second] = positionals;
  if (values.help || !command) return USAGE;
  if (command === 'vocabulary') {
    const wanted = vocabularyCommand(positionals.slice(1), values);
    if (wanted) return wanted;
  }
  const { site, system, search, domain, state } = values;
  const wanted = localCodeCommand(positionals, { ...values, site, system, search, domain, state });
  if (wanted) return wanted;
  const decision = approvalCommand(positionals) ?? alertCommand(positionals);
  if (decision) return decision;
  const tokens = tokenCommand(positionals, values);
  if (tokens) return tokens;
  if (command === 'audit') {
    const { actor, action, object, since, until, limit, anchor, reason, seals, events, csv, json } = values;
    const flags = { actor, action, object, since, until, limit, anchor, reason, seals, events, csv, json };
    const verb = auditCommand(positionals.slice(1), flags);
    if (verb) return verb;
  }
  if (command === 'import' && first && values.site)
    return () => importPaths(positionals.slice(1), values.site ?? '', values.new);
  if (command === 'import') return `import needs folders or files and --site KEY.\n\n${USAGE}`;
  if (command === 'cohort' && first && second) return () => setCohort(first, second, values.system);
  if (command === 'sync' && first)
    return () => syncSite(first, { full: values.full, watch: values.watch, patients: values.patient });
  if (command === 'retry' && first) return () => retrySite(first, { watch: values.watch });
  if (command === 'cancel' && first) return () => cancelSite(first);
  if (command === 'redrive' && first) {
    return () => redriveSite(first, { reason: values.reason, resource_type: values.type }, values.watch);
  }
  if (command === 'ask-again' && first) return () => askAgain(first, values.type);
  if (command === 'reconcile' && first && values.confirm) {
    const confirmation = {
      run: Number(values.confirm),
      vanished: Number(values.vanished),
      override: values.override,
    };
    return () => confirmSite(first, confirmation, values.watch);
  }
  if (command === 'purge' && first && second && values.reason) {
    const { reason, unknown } = values;
    return () => purgePatient(first, second, { reason, unknown }, values.watch);
  }
  if (command === 'purge' && first && !second) {
    const { lift } = values;
    return lift ? () => liftPurge(first, Number(lift)) : () => showPurges(first);
  }
  if (command === 'reconcile' && first) return () => reconcileSite(first, values.watch);
  if (command === 'remap' && !first) {
    const { site, all, report, watch } = values;
    return () => remap({ site, all, report, watch });
  }
  if (command === 'jwks' && first) return () => showJwks(first);
  if (command === 'keys') {
    const wantedKeys = keysCommand(first, values);
    if (wantedKeys) return wantedKeys;
  }
  if (command === 'server-text' && first) return () => showServerText(first);
  const { out, schema, format, tables } = values;
  if (command === 'snapshot' && out) return () => snapshot({ out, schema, format, tables });
  const deidVerb = command === 'deid' ? DEID_VERBS.find((verb) => verb === first) : undefined;
  if (deidVerb) return () => deidentify(deidVerb, { forgetKey: values['forget-key'] });
  if (command === 'doctor') return () => doctor();
  const { dqd } = values;
  if (command === 'quality' && dqd) return () => writeDqdResults(dqd, values['concept-level']);
  if (command === 'quality') return () => checkQuality();
  if (command === 'status') return () => showStatus(first);
  return `"${positionals.join(' ')}" is no command, or something is missing.\n\n${USAGE}`;
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      site: { type: 'string' },
      full: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      patient: { type: 'string', multiple: true },
      all: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      reason: { type: 'string' },
      confirm: { type: 'string' },
      vanished: { type: 'string' },
      lift: { type: 'string' },
      unknown: { type: 'boolean', default: false },
      new: { type: 'boolean', default: false },
      'forget-key': { type: 'boolean', default: false },
      override: { type: 'boolean', default: false },
      type: { type: 'string' },
      role: { type: 'string' },
      note: { type: 'string' },
      expires: { type: 'string' },
      domain: { type: 'string' },
      vocabulary: { type: 'string' },
      class: { type: 'string' },
      standard: { type: 'string' },
      limit: { type: 'string' },
      offset: { type: 'string' },
      json: { type: 'boolean', default: false },
      apply: { type: 'boolean', default: false },
      replace: { type: 'boolean', default: false },
      system: { type: 'string' },
      search: { type: 'string' },
      state: { type: 'string' },
      csv: { type: 'boolean', default: false },
      connection: { type: 'string' },
      algorithm: { type: 'string' },
      bits: { type: 'string' },
      'overlap-days': { type: 'string' },
      certificate: { type: 'string' },
      key: { type: 'string' },
      remove: { type: 'boolean' },
      actor: { type: 'string' },
      action: { type: 'string' },
      object: { type: 'string' },
      since: { type: 'string' },
      until: { type: 'string' },
      anchor: { type: 'string' },
      seals: { type: 'string' },
      events: { type: 'string' },
      dqd: { type: 'string' },
      out: { type: 'string' },
      schema: { type: 'string' },
      format: { type: 'string' },
      tables: { type: 'string' },
      'concept-level': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
}
