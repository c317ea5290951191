/**
 * Encounter.diagnosis → the role of a Condition in the Encounter, as a concept of Condition Status (CDM 5.4,
 * condition_status_concept_id): use first (admission, discharge: HL7 diagnosis-role), else rank, of which 1 is primary and
 * all others secondary. Chief complaint, comorbidity, pre- and post-operative and billing are no status by themselves.
 *
 * `condition` may name a Procedure too; that has no status.
 */

import { CONDITION_STATUS } from '../cdm/concepts.ts';
import { cut } from '../cdm/cut.ts';
import { isModified, type Json, number, objects } from '../read/fhir.ts';
import { codeSet, codingOf } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { reference } from '../read/links.ts';
import type { Reading } from '../read/reading.ts';
import type { DiagnosisRole, Relations } from '../types.ts';

/** HL7's diagnosis-role, and the admitting diagnosis of v2's table 0052. */
const USES = codeSet(
  {
    systems: SYSTEM.diagnosisRole,
    codes: { AD: CONDITION_STATUS.admission.id, DD: CONDITION_STATUS.discharge.id },
    bare: true,
  },
  { systems: SYSTEM.diagnosisType, codes: { A: CONDITION_STATUS.admission.id } },
);

export function diagnosesOf(reading: Reading): Relations['diagnoses'] {
  return objects(reading.resource['diagnosis']).flatMap((one) => {
    if (isModified(one)) return [];
    const condition = reference(reading, one['condition'], ['Condition']);
    const status = statusOf(one);
    return condition && status ? [{ condition, ...status }] : [];
  });
}

function statusOf(diagnosis: Json): Omit<DiagnosisRole, 'condition'> | undefined {
  const use = codingOf(USES, diagnosis['use']);
  const ofUse = use && USES.valueOf(use);
  if (use && ofUse !== undefined) return { statusConceptId: ofUse, sourceValue: cut(use.code, WIDTH) };
  const rank = number(diagnosis['rank']);
  if (rank === undefined || rank < 1) return undefined;
  const { primary, secondary } = CONDITION_STATUS;
  return { statusConceptId: (rank === 1 ? primary : secondary).id, sourceValue: cut(String(rank), WIDTH) };
}

const WIDTH = 50;
