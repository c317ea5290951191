/**
 * ExplanationOfBenefit → cost: one row for the visit that it pays for. A Claim only asks for money; its amounts come
 * back here, and loading both would count them twice.
 *
 * What is summed: `total`, else the items' adjudication, by the codes of HL7's adjudication value set and of CMS' Blue
 * Button, which Synthea and many payers use. What the payer paid is `payment`, else the benefit.
 */

import { OTHER, TYPE } from './concepts.ts';
import { firstCode, type Json, number, object, objects, text } from './fhir.ts';
import { encounter, excluded, patient, type Reading, read, result, unrealized } from './reading.ts';
import type { Link, MapContext, Outcome, Resource, Row } from './types.ts';

export function mapClaim(resource: Resource, _context: MapContext): Outcome {
  return excluded(
    resource['status'] === 'entered-in-error' ? 'entered-in-error' : 'claim-without-adjudication',
  );
}

const ACTIVE = new Set(['active']);

export function mapExplanationOfBenefit(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, ACTIVE);
  if (refusal) return refusal;
  const use = text(resource['use']);
  if (use !== undefined && use !== 'claim') return excluded('status-not-realized');
  const reading = read(resource, context);
  const person = patient(reading, 'patient');
  if (reading.refusal) return reading.refusal;
  const visit = visitOf(reading);
  if (!visit) return excluded('no-encounter');
  const amounts = amountsOf(resource);
  if (Object.values(amounts).every((amount) => amount === undefined)) return excluded('no-amount');
  const row: Row = {
    table: 'cost',
    values: {
      cost_event_id: visit,
      cost_domain_id: 'Visit',
      cost_type_concept_id: TYPE.claim.id,
      currency_concept_id: currencyOf(resource),
      ...amounts,
    },
  };
  return result(reading, [row], { person });
}

function visitOf(reading: Reading): Link | undefined {
  for (const item of objects(reading.resource['item'])) {
    for (const reference of objects(item['encounter'])) {
      const found = encounter(reading, reference);
      if (found) return found;
    }
  }
  return undefined;
}

interface Amounts {
  readonly total_charge: number | undefined;
  readonly total_paid: number | undefined;
  readonly paid_by_payer: number | undefined;
  readonly paid_by_patient: number | undefined;
  readonly paid_patient_copay: number | undefined;
  readonly paid_patient_coinsurance: number | undefined;
  readonly paid_patient_deductible: number | undefined;
  readonly amount_allowed: number | undefined;
}

const BLUE_BUTTON = 'https://bluebutton.cms.gov/resources/variables/';

function amountsOf(resource: Resource): Amounts {
  const totals = objects(resource['total']);
  const lines = objects(resource['item']).flatMap((item) => objects(item['adjudication']));
  const sum = (...codes: readonly string[]): number | undefined =>
    sumOf(totals, codes) ?? sumOf(lines, codes);
  const copay = sum('copay');
  const coinsurance = sum('coinsurance', `${BLUE_BUTTON}line_coinsrnc_amt`);
  const deductible = sum('deductible', `${BLUE_BUTTON}line_bene_ptb_ddctbl_amt`);
  const patientPart = added([copay, coinsurance, deductible]);
  const payer =
    amountOf(object(object(resource['payment'])?.['amount'])) ??
    sum('benefit', `${BLUE_BUTTON}line_prvdr_pmt_amt`);
  return {
    total_charge: sum('submitted', `${BLUE_BUTTON}line_sbmtd_chrg_amt`),
    total_paid: added([payer, patientPart]),
    paid_by_payer: payer,
    paid_by_patient: patientPart,
    paid_patient_copay: copay,
    paid_patient_coinsurance: coinsurance,
    paid_patient_deductible: deductible,
    amount_allowed: sum('eligible', `${BLUE_BUTTON}line_alowd_chrg_amt`),
  };
}

function sumOf(entries: readonly Json[], codes: readonly string[]): number | undefined {
  return added(
    entries
      .filter((one) => codes.includes(firstCode(one['category']) ?? ''))
      .map((one) => amountOf(object(one['amount']))),
  );
}

/** Money is added in hundredths of a cent, so that 0.1 + 0.2 stays 0.3. */
function added(amounts: readonly (number | undefined)[]): number | undefined {
  const known = amounts.filter((amount) => amount !== undefined);
  if (known.length === 0) return undefined;
  return number(known.reduce((total, amount) => total + Math.round(amount * 10_000), 0) / 10_000);
}

function amountOf(money: Json | undefined): number | undefined {
  return number(money?.['value']);
}

/** 44818668 is US Dollar; other currencies are 0 until the vocabulary is asked for them. */
function currencyOf(resource: Resource): number | undefined {
  const entries = [...objects(resource['total']).map((one) => object(one['amount']))];
  const lines = objects(resource['item']).flatMap((item) => objects(item['adjudication']));
  const paid = object(object(resource['payment'])?.['amount']);
  const currencies = [...entries, paid, ...lines.map((one) => object(one['amount']))].flatMap(
    (money) => text(money?.['currency']) ?? [],
  );
  const [first] = currencies;
  return first === undefined ? undefined : first === 'USD' ? OTHER.usDollar.id : 0;
}
