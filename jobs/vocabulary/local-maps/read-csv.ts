/**
 * Reads maps from a CSV file in one of two forms, told apart by their header:
 *
 * - the columns of source_to_concept_map, as USAGI exports them and as we do; `system` may stand for
 *   `source_vocabulary_id`, and all but source_code and target_concept_id may be missing;
 * - what USAGI saves (sourceCode, mappingStatus, conceptId …): only approved maps are taken, and since it has
 *   no column for the code system, the caller names it.
 *
 * Where the locale has the comma in numbers, Excel separates fields by a semicolon or a tab; the header tells
 * which.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { syncError } from '../../step/errors.ts';
import { unguardFormula } from '../../step/formula.ts';
import { ALWAYS, type Finding, finding, type ProposedMap } from './local-map.ts';

export interface CodeSystem {
  readonly system?: string | undefined;
  readonly source_vocabulary_id?: string | undefined;
}

export interface ReadMaps {
  readonly format: 'source_to_concept_map' | 'usagi';
  readonly lines: number;
  readonly proposed: readonly ProposedMap[];
  readonly findings: readonly Finding[];
}

export function readMapsCsv(text: string, fallback: CodeSystem = {}): ReadMaps {
  const [header, ...rows] = parseCsv(text);
  const names = (header?.fields ?? []).map((name) => name.trim().toLowerCase());
  const usagi = names.includes('sourcecode') && names.includes('conceptid');
  if (!usagi && !(names.includes('source_code') && names.includes('target_concept_id'))) {
    throw syncError('local-maps-unreadable', {
      line: 1,
      fault:
        'expected the columns of source_to_concept_map (at least source_code and target_concept_id) or those that ' +
        'USAGI saves (sourceCode, mappingStatus, conceptId …)',
    });
  }
  const findings: Finding[] = [];
  const proposed = rows.flatMap(({ line, fields }) => {
    if (fields.length !== names.length) {
      findings.push(
        finding(line, 'error', 'fields-differ', `Expected ${names.length}, got ${fields.length}.`),
      );
      return [];
    }
    const cells = new Map(names.map((name, index) => [name, asMeant(fields[index] ?? '')]));
    if ([...cells.values()].some((cell) => cell.includes('\0'))) {
      findings.push(finding(line, 'error', 'value-unreadable', 'Expected text, got a NUL character in it.'));
      return [];
    }
    const read = usagi ? fromUsagi(line, cells, fallback) : fromTable(line, cells, fallback);
    if ('level' in read) findings.push(read);
    return 'level' in read ? [] : [read];
  });
  return { format: usagi ? 'usagi' : 'source_to_concept_map', lines: rows.length, proposed, findings };
}

/** Removes the apostrophe that keeps a spreadsheet from taking a code such as -12 for a formula. */
const asMeant = (field: string): string => unguardFormula(field.trim());

interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

function parseCsv(text: string): Row[] {
  const rows: Row[] = [];
  let next = 1;
  try {
    parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      onRecord: (fields: string[], { lines }: { lines: number }) => {
        // A quoted field may hold line breaks; `lines` tells where the record ends.
        if (fields.length > 1 || fields[0]?.trim()) rows.push({ line: next, fields });
        next = lines + 1;
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The library's message quotes the file, so it is not passed on.
    throw syncError('local-maps-unreadable', {
      line: Number(error['lines'] ?? next),
      fault: `a quotation mark is wrong (${error.code})`,
    });
  }
  return rows;
}

function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const header = text.slice(0, end === -1 ? undefined : end);
  const count = (mark: string): number => header.split(mark).length;
  return [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

type Cells = ReadonlyMap<string, string>;

function fromUsagi(line: number, cells: Cells, fallback: CodeSystem): ProposedMap | Finding {
  const status = cells.get('mappingstatus')?.toUpperCase() ?? '';
  if (status !== 'APPROVED') return finding(line, 'skipped', 'not-approved', status && `Status ${status}.`);
  const kind = cells.get('mappingtype')?.toUpperCase() ?? '';
  // Older versions save no kind; USAGI 1.4 calls the general kind EVENT.
  if (!['', 'MAPS_TO', 'EVENT'].includes(kind))
    return finding(line, 'skipped', 'not-maps-to', `Kind ${kind}.`);
  return proposedOf(line, fallback, {
    source_code: cells.get('sourcecode'),
    source_code_description: cells.get('sourcename'),
    source_concept_id: cells.get('add_info:sourceconceptid'),
    target_concept_id: cells.get('conceptid'),
  });
}

function fromTable(line: number, cells: Cells, fallback: CodeSystem): ProposedMap | Finding {
  if (cells.get('invalid_reason')) return finding(line, 'skipped', 'marked-invalid');
  const own = {
    system: cells.get('system') || undefined,
    source_vocabulary_id: cells.get('source_vocabulary_id') || undefined,
  };
  const given = own.system ?? own.source_vocabulary_id;
  return proposedOf(line, given === undefined ? fallback : own, Object.fromEntries(cells));
}

function proposedOf(
  line: number,
  codeSystem: CodeSystem,
  cells: Readonly<Record<string, string | undefined>>,
): ProposedMap | Finding {
  const { system, source_vocabulary_id } = codeSystem;
  if (!cells['source_code']) return finding(line, 'error', 'value-missing', 'Expected source_code.');
  if (!cells['target_concept_id'])
    return finding(line, 'error', 'value-missing', 'Expected target_concept_id.');
  if (!system && !source_vocabulary_id) {
    return finding(
      line,
      'error',
      'value-missing',
      'Expected the code system: a column system or source_vocabulary_id, or one named for the whole file.',
    );
  }
  const target = conceptId(cells['target_concept_id']);
  const source = cells['source_concept_id'] ? conceptId(cells['source_concept_id']) : 0;
  const from = cells['valid_start_date'] ? date(cells['valid_start_date']) : ALWAYS.from;
  const to = cells['valid_end_date'] ? date(cells['valid_end_date']) : ALWAYS.to;
  const wrong = Object.entries({
    target_concept_id: target,
    source_concept_id: source,
    valid_start_date: from,
    valid_end_date: to,
  }).find(([, value]) => value === undefined);
  if (target === undefined || source === undefined || from === undefined || to === undefined) {
    const expected = wrong?.[0].endsWith('date') ? 'a date such as 2026-11-20' : 'a concept id';
    return finding(line, 'error', 'value-unreadable', `${wrong?.[0]}: expected ${expected}.`);
  }
  return {
    line,
    system,
    source_vocabulary_id,
    source_code: cells['source_code'],
    source_code_description: cells['source_code_description'] || undefined,
    source_concept_id: source,
    target_concept_id: target,
    target_vocabulary_id: cells['target_vocabulary_id'] || undefined,
    valid_start_date: from,
    valid_end_date: to,
  };
}

/** Reads a concept id. USAGI's tables may have been through R or pandas, which write 3004501 as 3004501.0. */
function conceptId(text: string): number | undefined {
  const [, digits] = /^(\d{1,10})(?:\.0+)?$/.exec(text) ?? [];
  const id = Number(digits);
  return digits !== undefined && id <= 2_147_483_647 ? id : undefined;
}

/** Reads a date, as 2026-11-20 or 20261120; the day must exist, also to Postgres, which knows no year 0. */
function date(text: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ]00:00:00.*)?$/.exec(text) ?? [];
  if (!year || !month || !day || year === '0000') return undefined;
  const made = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const iso = Number.isNaN(made.getTime()) ? '' : made.toISOString().slice(0, 10);
  return iso === `${year}-${month}-${day}` ? iso : undefined;
}
