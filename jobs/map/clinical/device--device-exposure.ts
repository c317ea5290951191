/**
 * DeviceUseStatement → device_exposure (by domain), of a Device that is contained, known, or still to come (`awaits`: mapped
 * again when it arrives; until then concept 0 or the reference's words).
 *
 * A Device says what a thing is and whose, not when it was used. Its dates are those of making and expiry, so it gives
 * no row; other mappers take the day it was made for the day it was used. What it is, is kept for the uses and
 * procedures that refer to it.
 */

import { TYPE } from '../cdm/concepts.ts';
import type { ClinicalEvent } from '../cdm/event.ts';
import type { Ref } from '../cdm/link.ts';
import { project } from '../cdm/project.ts';
import { mainCode, note, wording } from '../read/coding.ts';
import { choiceOfDates, datedBy, endAfter, moment, undated } from '../read/event-dates.ts';
import { type Json, object, objects, text } from '../read/fhir.ts';
import { encounter, isSelfReported, patient, provider, reference } from '../read/links.ts';
import { excluded, type Reading, read, result } from '../read/reading.ts';
import { contained, readReference } from '../read/references.ts';
import { unrealized } from '../read/status.ts';
import type { DeviceContent, MapContext, Outcome, Resource } from '../types.ts';

const USED = new Set(['active', 'completed', 'stopped']);

export function mapDevice(resource: Resource, _context: MapContext): Outcome {
  if (resource['status'] === 'entered-in-error') return excluded('entered-in-error');
  return { kind: 'rows', rows: [], unmapped: [], device: contentOf(resource) };
}

export function mapDeviceUseStatement(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, USED);
  if (refusal) return refusal;
  const reading = read(resource, context);
  const person = patient(reading, 'subject');
  const device = deviceOf(reading, resource['device']);
  const timing = choiceOfDates(reading, resource, 'timing');
  const start = datedBy(
    reading,
    timing.start ?? moment(reading, resource, 'recordedOn'),
    resource['context'],
  );
  if (reading.refusal) return reading.refusal;
  if (!device) return excluded('no-code');
  if (!start) return undated(reading);
  const rows = project({
    person: { ref: person },
    visit: encounter(reading, resource['context']),
    provider: provider(reading, resource['source']),
    start,
    end: endAfter(reading, start, timing.end),
    typeConceptId: isSelfReported(reading, resource['source']) ? TYPE.selfReport.id : TYPE.ehr.id,
    fallback: 'device_exposure',
    ...device.event,
  });
  return result(reading, rows, { person, awaits: device.awaits });
}

export interface Used {
  readonly event: Pick<ClinicalEvent, 'code' | 'uniqueDeviceId' | 'productionId'>;
  readonly awaits?: Ref | undefined;
}

/** The device that a reference names; undefined when it names none. */
export function deviceOf(reading: Reading, sent: unknown): Used | undefined {
  const pointer = readReference(sent, reading.context.settings);
  if (pointer?.kind === 'contained') {
    const found = contained(reading.resource, pointer.id);
    return (found && fromContent(reading, contentOf(found))) ?? inWords(reading, sent);
  }
  const ref = reference(reading, sent, ['Device']);
  const known = ref && reading.context.device(ref);
  if (known) return fromContent(reading, known) ?? inWords(reading, sent);
  const named = inWords(reading, sent);
  return ref ? { event: { code: named?.event.code }, awaits: ref } : named;
}

function contentOf(device: Json): DeviceContent {
  return { type: device['type'], udiCarrier: device['udiCarrier'], lotNumber: device['lotNumber'] };
}

function fromContent(reading: Reading, device: DeviceContent): Used | undefined {
  const code = mainCode(reading, device['type'], 'clinical');
  return (
    code && {
      event: {
        code,
        uniqueDeviceId: text(objects(device['udiCarrier'])[0]?.['deviceIdentifier']),
        productionId: text(device['lotNumber']),
      },
    }
  );
}

function inWords(reading: Reading, sent: unknown): Used | undefined {
  const display = text(object(sent)?.['display']);
  if (display === undefined) return undefined;
  const code = wording(reading, display);
  if (code.targets.length === 0) note(reading, code, 'code');
  return { event: { code } };
}
