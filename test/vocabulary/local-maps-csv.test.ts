import { describe, expect, it } from 'vitest';
import { readMapsCsv } from '../../jobs/vocabulary/local-maps/read-csv.ts';

const HOUSE = { system: 'https://hospital.example/lab' };
const codes = (read: ReturnType<typeof readMapsCsv>) =>
  read.findings.map((one) => [one.line, one.level, one.code]);
const read = (...lines: string[]) => readMapsCsv(lines.join('\n'), HOUSE);

const USAGI =
  'sourceCode,sourceName,sourceFrequency,sourceAutoAssignedConceptIds,ADD_INFO:unit,matchScore,mappingStatus,equivalence,statusSetBy,statusSetOn,conceptId,conceptName,domainId,mappingType,comment,createdBy,createdOn,assignedReviewer';

describe('a file that USAGI saved', () => {
  it('gives its approved maps, and says which lines it leaves out and why', () => {
    const found = read(
      USAGI,
      'GLU,"Glucose, serum",120,,mg/dL,0.91,APPROVED,EQUAL,me,1700000000000,3004501,Glucose,Measurement,MAPS_TO,,<auto>,1700000000000,',
      'NA,Sodium,80,,,0.85,UNCHECKED,UNREVIEWED,,0,3019550,Sodium,Measurement,MAPS_TO,,<auto>,1700000000000,',
      'K,Potassium,70,,,0.85,FLAGGED,EQUAL,me,0,3023103,Potassium,Measurement,MAPS_TO,,<auto>,1700000000000,',
      'POS,Positive,60,,,0.85,APPROVED,EQUAL,me,0,9191,Positive,Meas Value,MAPS_TO_VALUE,,<auto>,1700000000000,',
      'NONE,Nothing fits,5,,,0.0,APPROVED,UNMATCHED,me,0,0,,,MAPS_TO,,<auto>,1700000000000,',
      'OLD,From an older version,5,,,0.5,APPROVED,EQUAL,me,0,3004501.0,Glucose,Measurement,,,<auto>,1700000000000,',
    );
    expect(found.format).toBe('usagi');
    expect(found.proposed.map((map) => [map.line, map.source_code, map.target_concept_id])).toEqual([
      [2, 'GLU', 3004501],
      [6, 'NONE', 0],
      [7, 'OLD', 3004501],
    ]);
    expect(found.proposed[0]).toMatchObject({
      ...HOUSE,
      source_code_description: 'Glucose, serum',
      valid_start_date: '1970-01-01',
      valid_end_date: '2099-12-31',
    });
    expect(codes(found)).toEqual([
      [3, 'skipped', 'not-approved'],
      [4, 'skipped', 'not-approved'],
      [5, 'skipped', 'not-maps-to'],
    ]);
  });

  it('needs the code system named for it', () => {
    const found = readMapsCsv(
      `${USAGI}\nGLU,Glucose,1,,,1,APPROVED,EQUAL,me,0,3004501,Glucose,Measurement,MAPS_TO,,a,0,`,
    );
    expect(codes(found)).toEqual([[2, 'error', 'value-missing']]);
  });
});

describe('a line', () => {
  it.each(['A,3004501,0000-01-01', 'A\0B,3004501,2026-01-01'])(
    'that Postgres could not keep is a fault of the file, and no other line suffers by it: %j',
    (line) => {
      const found = read('source_code,target_concept_id,valid_start_date', line, 'C,3004501,0001-01-01');
      expect(codes(found)).toEqual([[2, 'error', 'value-unreadable']]);
      expect(found.proposed.map((map) => [map.source_code, map.valid_start_date])).toEqual([
        ['C', '0001-01-01'],
      ]);
    },
  );
});

describe('a file with the columns of source_to_concept_map', () => {
  it('is read with either kind of date, and leaves out what is marked invalid', () => {
    const found = readMapsCsv(
      [
        'source_code,source_concept_id,source_vocabulary_id,source_code_description,target_concept_id,target_vocabulary_id,valid_start_date,valid_end_date,invalid_reason',
        'GLU,0,LAB,Glucose,3004501,LOINC,1970-01-01,20991231,',
        'OLD,0,LAB,Old,3004501,LOINC,19700101,20200101,D',
      ].join('\r\n'),
    );
    expect(found.proposed).toEqual([
      {
        ...{
          line: 2,
          system: undefined,
          source_vocabulary_id: 'LAB',
          source_code: 'GLU',
          source_concept_id: 0,
        },
        ...{ source_code_description: 'Glucose', target_concept_id: 3004501, target_vocabulary_id: 'LOINC' },
        ...{ valid_start_date: '1970-01-01', valid_end_date: '2099-12-31' },
      },
    ]);
    expect(codes(found)).toEqual([[3, 'skipped', 'marked-invalid']]);
  });

  it('may come from Excel: a mark of its encoding, semicolons, line breaks and commas in a field', () => {
    const found = read(
      '\uFEFFSource_Code;source_code_description;Target_Concept_ID',
      'A;"first, and\nsecond";10',
      '',
      'B;b;11',
    );
    expect(found.proposed.map((map) => [map.line, map.source_code, map.source_code_description])).toEqual([
      [2, 'A', 'first, and\nsecond'],
      [5, 'B', 'b'],
    ]);
    expect(found.findings).toEqual([]);
  });

  it.each([
    ['a date that does not exist', 'A,10,2026-02-30', 'value-unreadable'],
    ['a target that is no number', 'A,glucose,', 'value-unreadable'],
    ['a target beyond the column', 'A,99999999999,', 'value-unreadable'],
    ['no code', ',10,', 'value-missing'],
    ['no target', 'A,,', 'value-missing'],
    ['too few fields', 'A,10', 'fields-differ'],
  ])('names the line with %s', (_, line, code) => {
    expect(codes(read('source_code,target_concept_id,valid_start_date', 'X,10,', line))).toEqual([
      [3, 'error', code],
    ]);
  });
});

it.each([
  ['another header', 'code,concept\nA,10', 'line 1'],
  ['nothing in it', '', 'line 1'],
  ['a quotation mark without its second', 'source_code,target_concept_id\nA,10\n"secret,11\n', 'line '],
])('a file with %s is refused without a word of its content', (_, text, where) => {
  let said = '';
  try {
    readMapsCsv(text, HOUSE);
  } catch (error) {
    said = String(error);
  }
  expect(said).toContain('The file cannot be read');
  expect(said).toContain(where);
  expect(said).not.toContain('secret');
});
