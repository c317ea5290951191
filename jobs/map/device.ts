/**
 * DeviceUseStatement → device_exposure (by domain). A Device says what a thing is and whose, not when it was used:
 * its dates are those of making and expiry, so it gives no row (other mappers take the day it was made for the day it
 * was used).
 *
 * The device is contained, or named by the reference's words; a Device resource elsewhere is not read yet.
 */

import { type Chosen, mainCode, note } from './coding.ts';
import { TYPE } from './concepts.ts';
import { type Json, object, objects, text } from './fhir.ts';
import { project } from './project.ts';
import {
  choiceOfDates,
  encounter,
  endAfter,
  excluded,
  isSelfReported,
  moment,
  patient,
  provider,
  type Reading,
  read,
  result,
  unrealized,
} from './reading.ts';
import { contained, readReference } from './references.ts';
import type { MapContext, Outcome, Resource } from './types.ts';

const USED = new Set(['active', 'completed', 'stopped']);

export function mapDevice(resource: Resource, _context: MapContext): Outcome {
  return excluded(resource['status'] === 'entered-in-error' ? 'entered-in-error' : 'no-date-of-use');
}

export function mapDeviceUseStatement(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, USED);
  if (refusal) return refusal;
  const reading = read(resource, context);
  const person = patient(reading, 'subject');
  const device = deviceOf(reading);
  const code = codeOf(reading, device);
  const timing = choiceOfDates(reading, resource, 'timing');
  const start = timing.start ?? moment(reading, resource, 'recordedOn');
  if (reading.refusal) return reading.refusal;
  if (!code) return excluded('no-code');
  if (!start) return excluded('no-date');
  const rows = project({
    person: { ref: person },
    visit: encounter(reading, resource['context']),
    provider: provider(reading, resource['source']),
    start,
    end: endAfter(reading, start, timing.end),
    typeConceptId: isSelfReported(reading, resource['source']) ? TYPE.selfReport.id : TYPE.ehr.id,
    code,
    fallback: 'device_exposure',
    uniqueDeviceId: text(objects(device?.['udiCarrier'])[0]?.['deviceIdentifier']),
    productionId: text(device?.['lotNumber']),
  });
  return result(reading, rows, { person });
}

function deviceOf(reading: Reading): Json | undefined {
  const pointer = readReference(reading.resource['device'], reading.context.settings);
  return pointer?.kind === 'contained' ? contained(reading.resource, pointer.id) : undefined;
}

function codeOf(reading: Reading, device: Json | undefined): Chosen | undefined {
  const coded = device && mainCode(reading, device['type'], 'clinical');
  if (coded) return coded;
  const display = text(object(reading.resource['device'])?.['display']);
  if (display === undefined) return undefined;
  const named: Chosen = {
    coding: undefined,
    sourceValue: display,
    sourceConceptId: 0,
    targets: [],
    values: [],
  };
  note(reading, named, 'code');
  return named;
}
