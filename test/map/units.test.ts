/** The spellings of units against a UCUM library: what they mean is UCUM, and none of them is UCUM for something else. */
import library from '@lhncbc/ucum-lhc';
import { describe, expect, it } from 'vitest';
import { MISREAD, SPELLINGS } from '../../jobs/map/read/unit-spellings.ts';
import { ucumOf } from '../../jobs/map/read/units.ts';

const ucum = library.UcumLhcUtils.getInstance();
const misread = Object.entries(MISREAD).map(([spelling, [reads, meant]]) => ({ spelling, reads, meant }));

/** The library tries to repair what is no UCUM: only what stays as it is counts. */
function isUcum(unit: string): boolean {
  if (/\s/.test(unit)) return false;
  const { status, ucumCode } = ucum.validateUnitString(unit);
  return status === 'valid' && ucumCode === unit;
}

function isSameUnit(one: string, other: string): boolean {
  const { status, toVal } = ucum.convertUnitTo(one, 1, other);
  return status === 'succeeded' && toVal !== null && Math.abs(toVal - 1) < 1e-9;
}

describe('the spellings of units', () => {
  it('are many, and each stands in one place', () => {
    expect(SPELLINGS.size).toBeGreaterThan(350);
    expect(misread.filter(({ spelling }) => SPELLINGS.has(spelling))).toEqual([]);
  });

  it('mean units of UCUM', () => {
    const meant = [...SPELLINGS.values(), ...misread.map((one) => one.meant)];
    expect([...new Set(meant)].filter((unit) => !isUcum(unit))).toEqual([]);
  });

  it('are no UCUM themselves, or the same unit', () => {
    const other = [...SPELLINGS].filter(
      ([spelling, meant]) => isUcum(spelling) && !isSameUnit(spelling, meant),
    );
    expect(other).toEqual([]);
  });

  it('are listed as misread exactly where UCUM reads another unit', () => {
    const wrongly = misread.filter(({ spelling, meant }) => !isUcum(spelling) || isSameUnit(spelling, meant));
    expect(wrongly).toEqual([]);
  });

  it('leave out what is ambiguous', () => {
    const ambiguous = ['m/uL', 'G/L', 'MU/L', 'u', 'M', 'm', '10*3', 'K'];
    expect(ambiguous.filter((unit) => SPELLINGS.has(unit) || Object.hasOwn(MISREAD, unit))).toEqual([]);
  });
});

describe('what a printed unit means', () => {
  it.each([
    ['10^3/uL', '10*3/uL'],
    ['x10E3/µL', '10*3/uL'],
    ['X 10^3 / uL', '10*3/uL'],
    ['10³/μL', '10*3/uL'],
    ['10e+9/L', '10*9/L'],
    ['10¹/L', '10¹/L'],
    ['K/uL', '10*3/uL'],
    ['ug / dl', 'ug/dL'],
    ['µg/mL', 'ug/mL'],
    ['kg/m²', 'kg/m2'],
    ['IU/L', '[iU]/L'],
    ['mIU/mL', 'm[iU]/mL'],
    ['u/L', 'U/L'],
    ['mL/min/1.73 m²', 'mL/min/(173.10*-2.m2)'],
    ['mg/g{creat}', 'mg/g'],
    ['{WBC}/[HPF]', '/[HPF]'],
    ['10*6.{RBC}/uL', '10*6/uL'],
    ['{score}', '{score}'],
    ['mg/{tot}', 'mg/{tot}'],
    ['mg', 'mg'],
    ['constructor', 'constructor'],
    ['furlongs per fortnight', 'furlongs per fortnight'],
  ])('of %s is %s', (unit, meant) => {
    expect(ucumOf({ unit })).toBe(meant);
  });

  it('is the code where that is UCUM, the printed unit where the code is local', () => {
    expect(ucumOf({ unit: 'mm Hg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' })).toBe('mm[Hg]');
    expect(ucumOf({ unit: 'mm Hg', system: 'urn:oid:1.2.3', code: '77' })).toBe('mm[Hg]');
    expect(ucumOf({ system: 'urn:oid:1.2.3', code: '77' })).toBe('77');
    expect(ucumOf({})).toBeUndefined();
  });

  it('takes no time for a unit of any length', () => {
    const long = `10^3${'{'.repeat(100_000)}`;
    expect(ucumOf({ unit: long })).toBe(long);
  });
});
