/**
 * person_source_value: which of a Patient's identifiers, or the resource's id, a setting.
 *
 * Of an identifier system that the setting names, the first that has a value and is not an old one; else of the
 * systems that begin as another setting says. Else the first of any system that is no medical record number (type MR)
 * and no social security number (type SS, or a system of such numbers). Else the resource's id. Servers mask a value
 * by leaving it out (rendered-value): then it has none.
 */

import { coding, type Json, object, objects, text } from '../read/fhir.ts';
import type { MappingSettings } from '../settings.ts';
import type { Resource } from '../types.ts';

export function personSourceValue(resource: Resource, settings: MappingSettings): string | undefined {
  const {
    personSourceValue: kind,
    personIdentifierSystem: system,
    personIdentifierPrefix: prefix,
  } = settings;
  const id = text(resource.id);
  if (kind === 'resource-id') return id;
  const current = objects(resource['identifier']).filter(
    (one) => text(one['value']) !== undefined && one['use'] !== 'old',
  );
  const preferred =
    (system === undefined ? undefined : current.find((one) => one['system'] === system)) ??
    (prefix === undefined ? undefined : current.find((one) => text(one['system'])?.startsWith(prefix)));
  return text((preferred ?? current.find((one) => !isSensitive(one)))?.['value']) ?? id;
}

/** Types (v2-0203) of the numbers that are not wanted in a CDM unless a site asks for them. */
const SENSITIVE_TYPES = new Set(['MR', 'SS']);

/** Systems of social security numbers: of the USA, Canada, France, Belgium, Austria, the Netherlands. */
const SOCIAL_SECURITY = new Set([
  'http://hl7.org/fhir/sid/us-ssn',
  'urn:oid:2.16.840.1.113883.4.1',
  'urn:oid:2.16.840.1.113883.4.272',
  'urn:oid:1.2.250.1.213.1.4.8',
  'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin',
  'urn:oid:1.2.40.0.10.1.4.3.1',
  'http://fhir.nl/fhir/NamingSystem/bsn',
  'urn:oid:2.16.840.1.113883.2.4.6.3',
]);

/** A type counts whatever its system: a number too few in the CDM is better than one too many. */
function isSensitive(identifier: Json): boolean {
  const types = objects(object(identifier['type'])?.['coding']);
  return (
    SOCIAL_SECURITY.has(text(identifier['system']) ?? '') ||
    types.some((one) => SENSITIVE_TYPES.has(coding(one)?.code.toUpperCase() ?? ''))
  );
}
