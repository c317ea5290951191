/**
 * DiagnosticReport.conclusionCode → a row by the concept's domain: a finding of the pathologist is a condition, with the
 * report's type concept. An answer ("Normal", "Not detected"), which is no event, is the value of the report's own code.
 */

import type { Moment } from '../cdm/dates.ts';
import type { Value } from '../cdm/event.ts';
import type { Link } from '../cdm/link.ts';
import { isEventDomain, project } from '../cdm/project.ts';
import { type Chosen, mainCode } from '../read/coding.ts';
import type { Json } from '../read/fhir.ts';
import type { Reading } from '../read/reading.ts';
import type { Row } from '../types.ts';

interface Report {
  readonly person: Link;
  readonly visit: Link | undefined;
  readonly provider: Link | undefined;
  readonly start: Moment;
  readonly typeConceptId: number;
}

export function conclusionRows(reading: Reading, codes: readonly Json[], report: Report): readonly Row[] {
  return codes.flatMap((one) => {
    const code = mainCode(reading, one, 'clinical', 'conclusion');
    if (!code) return [];
    const shared = { ...report, fallback: 'observation' } as const;
    const isEvent = code.targets.length === 0 || code.targets.some(({ domain }) => isEventDomain(domain));
    return project(isEvent ? { ...shared, code } : { ...shared, ...answered(reading, code) });
  });
}

function answered(reading: Reading, answer: Chosen) {
  const value: Value = {
    conceptId: answer.targets[0]?.conceptId ?? 0,
    sourceValue: answer.sourceValue,
    sourceConceptId: answer.sourceConceptId,
    // A report whose code is a procedure is not that procedure again.
    assertsNothing: true,
  };
  return { code: mainCode(reading, reading.resource['code'], 'clinical'), value };
}
