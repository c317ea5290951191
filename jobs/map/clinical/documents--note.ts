/**
 * DiagnosticReport and DocumentReference → note: the words in them; a report's coded conclusions → rows by their domain
 * (conclusions.ts). The results of a report are observations of their own and are not doubled here; without words and
 * conclusions there is nothing to load.
 *
 * Text comes inline (conclusion, presentedForm, attachment data of a text type, base64), else by URL where the connection
 * asks for it (attached-by-url.ts); pictures and PDFs are no text. Several contents of a DocumentReference "must all represent
 * the same document in different format", and several presented forms of a report "SHALL be semantically equivalent"
 * (FHIR R4): the note is the one that is easiest to read (attachments.ts).
 *
 * The note's language is English only where that is said (the CDM requires the column; 0 otherwise).
 */

import { NOTE, TYPE } from '../cdm/concepts.ts';
import { type Moment, orMidnight } from '../cdm/dates.ts';
import type { Ref } from '../cdm/link.ts';
import { concept, NO_CONCEPT } from '../read/coding.ts';
import { choiceOfDates, datedBy, moment, period, undated } from '../read/event-dates.ts';
import { type Json, object, objects, text, words } from '../read/fhir.ts';
import { codeSet, valuesIn } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { encounter, patient, provider } from '../read/links.ts';
import { excluded, type Reading, read, result } from '../read/reading.ts';
import { unrealized } from '../read/status.ts';
import type { MapContext, Outcome, Resource, Row } from '../types.ts';
import { textByUrl } from './attached-by-url.ts';
import { type Attached, bestText } from './attachments.ts';
import { conclusionRows } from './conclusions.ts';

const REPORTED = new Set(['final', 'amended', 'corrected', 'appended']);

export function mapDiagnosticReport(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, REPORTED);
  if (refusal) return refusal;
  const reading = read(resource, context);
  const { attached: form, awaits } = attachedText(reading);
  const said = [text(resource['conclusion']), form?.text].filter((one) => one !== undefined);
  const { start, end } = choiceOfDates(reading, resource, 'effective');
  return noteOf(reading, {
    texts: said,
    awaits,
    date: start ?? end ?? moment(reading, resource, 'issued'),
    typeConceptId: reportType(resource['category']),
    code: resource['code'],
    title: words(resource['code']),
    language: text(resource['language']),
    encounter: resource['encounter'],
    authors: [...objects(resource['resultsInterpreter']), ...objects(resource['performer'])],
    conclusions: objects(resource['conclusionCode']),
  });
}

const CURRENT = new Set(['current']);

export function mapDocumentReference(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, CURRENT);
  if (refusal) return refusal;
  if (resource['docStatus'] === 'entered-in-error') return excluded('entered-in-error');
  const reading = read(resource, context);
  const about = object(resource['context']);
  const span = period(reading, about, 'period');
  const { attached: document, awaits } = attachedText(reading);
  return noteOf(reading, {
    texts: document ? [document.text] : [],
    awaits,
    date: span.start ?? moment(reading, resource, 'date'),
    typeConceptId: TYPE.note.id,
    code: resource['type'],
    title: text(resource['description']) ?? words(resource['type']),
    language: document?.language ?? text(resource['language']),
    encounter: objects(about?.['encounter'])[0],
    authors: objects(resource['author']),
    conclusions: [],
  });
}

interface Words {
  readonly attached?: Attached | undefined;
  /** The attachment that has the words, and has not come. */
  readonly awaits?: Ref | undefined;
}

/** Of a DiagnosticReport or a DocumentReference. */
export function attachmentsOf(resource: Resource): readonly Json[] {
  return resource.resourceType === 'DiagnosticReport'
    ? objects(resource['presentedForm'])
    : objects(objects(resource['content']).map((one) => one['attachment']));
}

function attachedText(reading: Reading): Words {
  const attachments = attachmentsOf(reading.resource);
  const inline = bestText(reading, attachments);
  return inline ? { attached: inline } : (textByUrl(reading, attachments) ?? {});
}

interface Writing {
  readonly texts: readonly string[];
  readonly awaits: Ref | undefined;
  readonly date: Moment | undefined;
  readonly typeConceptId: number;
  readonly code: unknown;
  readonly title: string | undefined;
  readonly language: string | undefined;
  readonly encounter: unknown;
  readonly authors: readonly Json[];
  /** What a report comes to, as codes; empty for a document. */
  readonly conclusions: readonly Json[];
}

function noteOf(reading: Reading, writing: Writing): Outcome {
  const person = patient(reading, 'subject');
  const { texts, awaits } = writing;
  const date = datedBy(reading, writing.date, writing.encounter);
  if (reading.refusal) return reading.refusal;
  if (texts.length === 0 && writing.conclusions.length === 0 && !awaits) {
    return excluded(reading.omitted.has('attachment-unreadable') ? 'text-unreadable' : 'no-text');
  }
  if (!date) return undated(reading);
  const author = writing.authors.flatMap((one) => provider(reading, one) ?? [])[0];
  const visit = encounter(reading, writing.encounter);
  // Only a note's row holds the code.
  const kind = texts.length > 0 && object(writing.code) ? concept(reading, writing.code, 'code') : NO_CONCEPT;
  const english = /^en\b/i.test(writing.language ?? '');
  const note: Row = {
    table: 'note',
    values: {
      person_id: { ref: person },
      note_date: date.date,
      note_datetime: orMidnight(date),
      note_type_concept_id: writing.typeConceptId,
      note_class_concept_id: kind.conceptId ?? 0,
      note_title: writing.title,
      note_text: texts.join('\n\n'),
      encoding_concept_id: NOTE.utf8.id,
      language_concept_id: english ? NOTE.english.id : 0,
      provider_id: author,
      visit_occurrence_id: visit,
      note_source_value: kind.sourceValue,
    },
  };
  const conclusions = conclusionRows(reading, writing.conclusions, {
    person: { ref: person },
    visit,
    provider: author,
    start: date,
    typeConceptId: writing.typeConceptId,
  });
  const rows = texts.length > 0 ? [note, ...conclusions] : conclusions;
  return rows.length > 0 || awaits ? result(reading, rows, { person, awaits }) : excluded('no-text');
}

const { radiologyReport: radiology, pathologyReport: pathology, lab } = TYPE;

/** Sections of a diagnostic service (v2-0074), modalities of DICOM, LOINC's parts for kinds of reports. */
const REPORTS = codeSet(
  {
    systems: SYSTEM.diagnosticService,
    codes: {
      ...{ RAD: radiology.id, IMG: radiology.id, CT: radiology.id, NMR: radiology.id, XRC: radiology.id },
      ...{ RUS: radiology.id, US: radiology.id, MR: radiology.id },
      ...{ PAT: pathology.id, SP: pathology.id, CP: pathology.id, LAB: lab.id },
    },
    bare: true,
  },
  { systems: SYSTEM.dicomModality, codes: { CT: radiology.id, MR: radiology.id, US: radiology.id } },
  {
    systems: SYSTEM.loinc,
    codes: { 'LP29684-5': radiology.id, 'LP7839-6': pathology.id, 'LP29693-6': lab.id },
    bare: true,
  },
);

function reportType(categories: unknown): number {
  const kinds = valuesIn(REPORTS, categories);
  return [radiology.id, pathology.id, lab.id].find((one) => kinds.has(one)) ?? TYPE.note.id;
}
