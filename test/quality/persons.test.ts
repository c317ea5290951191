/** How far the checks of persons, their deaths, their observation periods and the source go. */
import { afterAll, describe, expect, test } from 'vitest';
import { insert, newPerson, touch } from '../derive/chart.ts';
import { type ConceptRow, openCharts, PULLED, type Values, violationsOf, type Work } from './chart.ts';

const NOBODY_KNOWS = 7_777_777;
const LOCAL: readonly ConceptRow[] = [
  [9000010, 'Gender', 'Gender', null],
  [9000011, 'Race', 'Race', null],
  [9000012, 'Ethnicity', 'Ethnicity', null],
];

const charts = await openCharts(LOCAL);
afterAll(() => charts.db.drop());
const violationsAfter = (work: Work, afterDeriving?: Work) => violationsOf(charts, work, afterDeriving);
const nothing: Work = async () => {};

/** Persons without events, who so have no observation period. */
const alsoBorn =
  (...persons: Values[]): Work =>
  async ({ tx, site }) => {
    const race = { race_concept_id: 8527 };
    for (const person of persons) await touch(tx, site, await newPerson(tx, site, { ...race, ...person }));
  };

const unobserved = (of: number) => ({
  'person-without-observation-period at person.person_id': [of - 1, of],
});

describe('a person', () => {
  test('is born from 1850 to the year of the data pull', async () => {
    const born = [1849, 1850, 2024, 2025].map((year) => ({ year_of_birth: year }));
    expect(await violationsAfter(alsoBorn(...born))).toEqual({
      ...unobserved(5),
      'birth-year-implausible at person.year_of_birth': [2, 5],
    });
  });

  test('has a birth date whose parts can be, and agree', async () => {
    const agreeing = { year_of_birth: 1970, month_of_birth: 2, day_of_birth: 3 };
    const born: Values[] = [
      agreeing,
      { ...agreeing, birth_datetime: '1970-02-03' },
      { ...agreeing, birth_datetime: '1971-02-03' },
      { ...agreeing, birth_datetime: '1970-03-03' },
      { ...agreeing, birth_datetime: '1970-02-04' },
      ...[0, 1, 12, 13].map((month) => ({ ...agreeing, month_of_birth: month })),
      ...[0, 1, 31, 32].map((day) => ({ ...agreeing, month_of_birth: 1, day_of_birth: day })),
    ];
    expect(await violationsAfter(alsoBorn(...born))).toEqual({
      ...unobserved(14),
      'birth-date-torn at person.birth_datetime': [7, 14],
    });
  });

  test('has a gender of the domain Gender, or one of those that are written in any vocabulary', async () => {
    const ids = [0, 8507, 8532, 8521, 8551, 9000010, 8527, NOBODY_KNOWS];
    const found = await violationsAfter(async (chart) => {
      await chart.tx`delete from concept where concept_id in (8507, 8532)`;
      await alsoBorn(...ids.map((id) => ({ gender_concept_id: id })))(chart);
    });
    expect(found).toEqual({
      ...unobserved(9),
      'concept-unmapped at person.gender_concept_id': [1, 9],
      'demographic-concept-invalid at person.gender_concept_id': [2, 9],
    });
  });

  test('has a Standard race and ethnicity, or 0', async () => {
    const races = [0, 8527, 9000011, 38003564, NOBODY_KNOWS].map((id) => ({ race_concept_id: id }));
    const ethnicities = [0, 38003564, 9000012, 8527, NOBODY_KNOWS].map((id) => ({
      ethnicity_concept_id: id,
    }));
    expect(await violationsAfter(alsoBorn(...races, ...ethnicities))).toEqual({
      ...unobserved(11),
      'concept-unmapped at person.race_concept_id': [1, 11],
      'demographic-concept-invalid at person.race_concept_id': [3, 11],
      'demographic-concept-invalid at person.ethnicity_concept_id': [3, 11],
    });
  });

  test('has an id that is not negative', async () => {
    const found = await violationsAfter(async ({ tx, site }) => {
      for (const id of [0, -1]) await insert(tx, 'person', { person_id: id, race_concept_id: 8527 });
      await touch(tx, site, 0, -1);
    });
    expect(found).toEqual({ ...unobserved(3), 'id-negative at person.person_id': [1, 3] });
  });
});

test('a death lies between birth and data pull, both days included', async () => {
  const found = await violationsAfter(async ({ add }) => {
    for (const day of ['1960-05-03', '1960-05-04', '2024-06-01', '2024-06-02']) {
      await add('death', { death_date: day });
    }
  });
  expect(found).toEqual({
    'died-more-than-once at death.person_id': [3, 4],
    'death-date-implausible at death.death_date': [2, 4],
  });
});

describe('an observation period', () => {
  /** These instead of what was derived; the type as given. */
  const periods =
    (...all: (readonly [start: string, end: string, type?: number])[]): Work =>
    async ({ tx, person, add }) => {
      await tx`delete from observation_period where person_id = ${person}`;
      for (const [start, end, type = 32882] of all) {
        await add('observation_period', {
          ...{ observation_period_start_date: start, observation_period_end_date: end },
          period_type_concept_id: type,
        });
      }
    };
  const at = (check: string, field: string) => `${check} at observation_period.${field}`;
  const START = 'observation_period_start_date';
  const END = 'observation_period_end_date';

  test('overlaps with the longest before it, whichever began last', async () => {
    const found = await violationsAfter(
      nothing,
      periods(['2000-01-01', '2010-12-31'], ['2001-01-01', '2001-02-01'], ['2005-01-01', '2005-02-01']),
    );
    expect(found).toEqual({ [at('observation-period-overlap', START)]: [2, 2] });
  });

  test('overlaps where it touches, and is split without a gap up to 486 days later', async () => {
    const found = await violationsAfter(
      nothing,
      periods(
        ['2001-01-01', '2001-01-31'],
        ['2001-02-01', '2001-02-10'],
        ['2001-02-12', '2001-03-01'],
        ['2002-07-01', '2002-07-01'],
        ['2003-11-01', '2003-11-02'],
      ),
    );
    expect(found).toEqual({
      [at('observation-period-overlap', START)]: [1, 4],
      [at('observation-period-split', START)]: [2, 4],
    });
  });

  test('may last from the day of birth to that of the data pull', async () => {
    expect(await violationsAfter(nothing, periods(['1960-05-04', PULLED]))).toEqual({});
  });

  test('begins neither before birth nor after its end, and ends with the data pull', async () => {
    const found = await violationsAfter(
      nothing,
      periods(['1960-05-03', '1960-05-03'], ['2010-01-02', '2010-01-01'], ['2020-01-01', '2024-06-02']),
    );
    expect(found).toEqual({
      [at('observation-period-outside-life', END)]: [2, 3],
      [at('end-before-start', END)]: [1, 3],
    });
  });

  test('ends 60 days after death', async () => {
    const died: Work = ({ add }) => add('death', { death_date: '2023-02-01' });
    expect(await violationsAfter(died, periods(['2023-01-10', '2023-04-02']))).toEqual({});
    expect(await violationsAfter(died, periods(['2023-01-10', '2023-04-03']))).toEqual({
      [at('observation-period-outside-life', END)]: [1, 1],
    });
  });

  test('of nobody is outside life', async () => {
    let nobody = 0;
    const found = await violationsAfter(
      async ({ tx, site }) => {
        nobody = await newPerson(tx, site);
        await tx`delete from person where person_id = ${nobody}`;
        await touch(tx, site, nobody);
      },
      ({ add }) =>
        add('observation_period', {
          ...{ person_id: nobody, [START]: '2001-01-01', [END]: '2001-01-02', period_type_concept_id: 32882 },
        }),
    );
    expect(found).toEqual({ [at('observation-period-outside-life', END)]: [1, 2] });
  });

  test('has a type concept', async () => {
    const found = await violationsAfter(
      nothing,
      periods(
        ['2001-01-01', '2001-01-02', 38000280],
        ['2011-01-01', '2011-01-02', 8507],
        ['2021-01-01', '2021-01-02', NOBODY_KNOWS],
      ),
    );
    expect(found).toEqual({ [at('type-concept-invalid', 'period_type_concept_id')]: [2, 3] });
  });
});

describe('the vocabulary', () => {
  const vocabulary = (id: string, version: string): Values => ({
    ...{ vocabulary_id: id, vocabulary_name: id, vocabulary_version: version, vocabulary_concept_id: 0 },
  });
  const source = (released: string, version: string): Values => ({
    ...{ cdm_source_name: 'south', cdm_source_abbreviation: 'south', cdm_holder: 'south' },
    ...{ source_release_date: released, cdm_release_date: released, cdm_version_concept_id: 756265 },
    vocabulary_version: version,
  });

  test('has a version where the row None says one, whatever other rows say', async () => {
    const found = await violationsAfter(async ({ tx }) => {
      await tx`update vocabulary set vocabulary_version = ''`;
      await tx`update cdm_source set vocabulary_version = ''`;
      await tx`insert into vocabulary ${tx(vocabulary('SNOMED', '2025-09-01'))}`;
    });
    expect(found).toEqual({ 'vocabulary-version-missing at vocabulary.vocabulary_version': [1, 1] });
  });

  test('is that of cdm_source, which has room for 20 characters of its version', async () => {
    const found = await violationsAfter(async ({ tx }) => {
      await tx`update vocabulary set vocabulary_version = 'v5.0 27-FEB-26 second edition'`;
      await tx`update cdm_source set vocabulary_version = 'v5.0 27-FEB-26 secon'`;
      await tx`insert into vocabulary ${tx(vocabulary('SNOMED', '2025-09-01'))}`;
    });
    expect(found).toEqual({});
  });

  test('need not be that of earlier releases of the data', async () => {
    const older = await violationsAfter(async ({ tx }) => {
      await tx`insert into cdm_source ${tx(source('2024-05-31', 'v5.0 31-AUG-25'))}`;
    });
    expect(older).toEqual({});
    const newer = await violationsAfter(async ({ tx }) => {
      await tx`insert into cdm_source ${tx(source('2024-06-02', 'v5.0 31-AUG-25'))}`;
    });
    expect(newer).toEqual({ 'vocabulary-version-differs at cdm_source.vocabulary_version': [1, 1] });
  });
});
