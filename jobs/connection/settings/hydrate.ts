/** What is asked for beside the export. */
import { z } from 'zod';
import { optional } from './optional.ts';

/** What exports leave out and the mapping can use; `Medication` is what it cannot do without. */
const HYDRATED = [
  'Medication',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Device',
  'Encounter',
  'Observation',
] as const;

export const HydrateSchema = z
  .strictObject({
    types: optional(
      z.array(z.enum(HYDRATED)),
      'Types that are asked for when something refers to one that did not come.',
      ['Medication'],
    ),
    notes: optional(
      z.boolean(),
      'Ask for the text of documents and reports whose attachments come by URL alone: plain text, HTML, XML (also CDA) and RTF, of the FHIR server, token_hosts and allowed_hosts.',
      false,
    ),
    notes_max_bytes: optional(
      z
        .int()
        .min(1024)
        .max(64 * 1024 * 1024),
      'A longer attachment is not taken.',
      4 * 1024 * 1024,
    ),
    retry_after_days: optional(
      z.int().min(0).max(3650),
      'What did not come is asked for again after so many days, and so is, by a full sync, what came.',
      30,
    ),
  })
  .meta({
    id: 'SyncHydrate',
    description:
      'Ask the server, one by one, for what its exports refer to and leave out. Left out: nothing is asked for.',
  });
