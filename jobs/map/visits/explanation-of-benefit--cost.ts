/**
 * ExplanationOfBenefit → cost: one row for each visit that it pays for, under the cover that pays. A Claim only asks for money; its amounts come
 * back here, and loading both would count them twice.
 *
 * What is summed: `total`, else the items' adjudication, by the codes of HL7's adjudication value set and of CMS' Blue
 * Button, which Synthea and many payers use. What the payer paid is `payment`, else the benefit.
 */

import { OTHER, TYPE } from '../cdm/concepts.ts';
import type { Ref } from '../cdm/link.ts';
import { flag, type Json, number, object, objects, text } from '../read/fhir.ts';
import { codeSet, valueIn } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { patient, reference } from '../read/links.ts';
import { excluded, type Reading, read, result } from '../read/reading.ts';
import { unrealized } from '../read/status.ts';
import type { MapContext, Outcome, Resource, Row } from '../types.ts';

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
  const bills = billsOf(reading);
  if (bills.length === 0) return excluded('no-encounter');
  const plan = planOf(reading);
  const rows = bills.flatMap(({ visit, ...bill }): Row[] => {
    const amounts = amountsOf(bill);
    if (Object.values(amounts).every((amount) => amount === undefined)) return [];
    return [
      {
        table: 'cost',
        values: {
          cost_event_id: { ref: visit },
          cost_domain_id: 'Visit',
          cost_type_concept_id: TYPE.claim.id,
          currency_concept_id: currencyOf(bill),
          ...amounts,
          payer_plan_period_id: plan && { ref: plan },
        },
      },
    ];
  });
  return rows.length > 0 ? result(reading, rows, { person }) : excluded('no-amount');
}

interface Bill {
  readonly totals: readonly Json[];
  readonly lines: readonly Json[];
  readonly payment: Json | undefined;
}

/**
 * By visit. Items that name none belong to the first that is named. Totals and payment are of the whole; where several
 * visits are paid they cannot be divided, and the lines alone count.
 */
function billsOf(reading: Reading): readonly (Bill & { readonly visit: Ref })[] {
  const { resource } = reading;
  const items = objects(resource['item']);
  const visitOf = (item: Json): Ref | undefined =>
    objects(item['encounter']).flatMap((one) => reference(reading, one, ['Encounter']) ?? [])[0];
  const visits = new Map(items.flatMap((item) => visitOf(item) ?? []).map((ref) => [ref.id, ref]));
  const [first] = visits.values();
  if (first === undefined) return [];
  const isOne = visits.size === 1;
  return [...visits.values()].map((visit) => ({
    visit,
    totals: isOne ? objects(resource['total']) : [],
    lines: items
      .filter((item) => (visitOf(item) ?? first).id === visit.id)
      .flatMap((item) => objects(item['adjudication'])),
    payment: isOne ? object(object(resource['payment'])?.['amount']) : undefined,
  }));
}

/** The cover that the benefit comes from (insurance.focal), else the only one. */
function planOf(reading: Reading): Ref | undefined {
  const all = objects(reading.resource['insurance']);
  const focal = all.find((one) => flag(one['focal'])) ?? (all.length === 1 ? all[0] : undefined);
  return focal && reference(reading, focal['coverage'], ['Coverage']);
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

type Amount = 'submitted' | 'copay' | 'coinsurance' | 'deductible' | 'benefit' | 'eligible';

const BLUE_BUTTON = 'https://bluebutton.cms.gov/resources/variables/';

const ADJUDICATION = codeSet<Amount>(
  {
    systems: SYSTEM.adjudication,
    codes: {
      submitted: 'submitted',
      copay: 'copay',
      coinsurance: 'coinsurance',
      deductible: 'deductible',
      benefit: 'benefit',
      eligible: 'eligible',
    },
    bare: true,
  },
  {
    systems: SYSTEM.blueButtonAdjudication,
    codes: {
      [`${BLUE_BUTTON}line_sbmtd_chrg_amt`]: 'submitted',
      [`${BLUE_BUTTON}line_coinsrnc_amt`]: 'coinsurance',
      [`${BLUE_BUTTON}line_bene_ptb_ddctbl_amt`]: 'deductible',
      [`${BLUE_BUTTON}line_prvdr_pmt_amt`]: 'benefit',
      [`${BLUE_BUTTON}line_alowd_chrg_amt`]: 'eligible',
    },
    bare: true,
  },
);

function amountsOf({ totals, lines, payment }: Bill): Amounts {
  const sum = (kind: Amount): number | undefined => sumOf(totals, kind) ?? sumOf(lines, kind);
  const copay = sum('copay');
  const coinsurance = sum('coinsurance');
  const deductible = sum('deductible');
  const patientPart = added([copay, coinsurance, deductible]);
  const payer = amountOf(payment) ?? sum('benefit');
  return {
    total_charge: sum('submitted'),
    total_paid: added([payer, patientPart]),
    paid_by_payer: payer,
    paid_by_patient: patientPart,
    paid_patient_copay: copay,
    paid_patient_coinsurance: coinsurance,
    paid_patient_deductible: deductible,
    amount_allowed: sum('eligible'),
  };
}

function sumOf(entries: readonly Json[], kind: Amount): number | undefined {
  return added(
    entries
      .filter((one) => valueIn(ADJUDICATION, one['category']) === kind)
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
function currencyOf({ totals, lines, payment }: Bill): number | undefined {
  const money = [
    ...totals.map((one) => object(one['amount'])),
    payment,
    ...lines.map((one) => object(one['amount'])),
  ];
  const [first] = money.flatMap((one) => text(one?.['currency']) ?? []);
  return first === undefined ? undefined : first === 'USD' ? OTHER.usDollar.id : 0;
}
