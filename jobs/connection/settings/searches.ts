/** How searches are made, and whom they are about. */
import { z } from 'zod';
import { optional } from './optional.ts';

export const SearchSchema = z
  .strictObject({
    count: optional(z.int().min(1).max(1000), 'Resources on a page (_count).', 100),
    categories: optional(
      z.record(z.string().regex(/^[A-Z][A-Za-z]{1,63}$/), z.array(z.string().min(1).max(200)).max(50)),
      'By type: categories that are asked for, one search each; an empty list for no category. Left out: what the vendor demands.',
      {},
    ),
  })
  .meta({ id: 'SyncSearch', description: 'How searches are made (level "search").' });

/** An id of FHIR, or longer as some servers have them. */
const PATIENT_ID = /^[A-Za-z0-9.\-_]{1,200}$/;

export const CohortSchema = z
  .strictObject({
    patients: optional(
      z.array(z.string().regex(PATIENT_ID, 'Expected the id of a Patient.')).max(50_000),
      'Ids of Patients.',
      [],
    ),
    identifiers: optional(
      z
        .array(
          z
            .string()
            .max(500)
            .regex(/^[^|]{0,250}\|[^|]{1,250}$/, 'Expected system|value.'),
        )
        .max(50_000),
      'Business identifiers, `system|value`. Each is looked for; what is not one Patient is listed in the view crawl_cohort.',
      [],
    ),
  })
  .meta({
    id: 'SyncCohort',
    description:
      'Whom searches are about. Left out: the members of group_id, else all Patients of the server.',
  });
