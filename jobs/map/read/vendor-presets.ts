/**
 * What EHRs of one vendor have in common and others have not, as data; chosen by the connection's vendor. A connection's own
 * `code_systems` go before.
 *
 * - `local`: proprietary code sets → a local vocabulary, under which source_to_concept_map can hold the site's maps (its
 *   source_vocabulary_id has 20 characters). The part that differs between customers of a vendor is left out of the
 *   name, so that one map serves all sites. Epic: OIDs below 1.2.840.114350.1.13.<instance>.<environment>.7; Oracle Health:
 *   code sets below https://fhir.cerner.com/<tenant>/codeSet, nomenclatures beside them.
 * - `categories`: codes of category elements, without a system or in one of the vendor's (`own`) → the code of HL7's value set
 *   that says the same.
 */

import type { Vendor } from '../settings.ts';

interface Preset {
  /** The system as code-systems.ts normalises it: lower case, no scheme; OIDs bare. */
  readonly local: readonly { readonly system: RegExp; readonly vocabulary: string }[];
  /** The vendor's systems, likewise. */
  readonly own: RegExp;
  readonly categories: Readonly<Record<string, string>>;
}

const PRESETS: Readonly<Record<Vendor, Preset>> = {
  epic: {
    local: [
      { system: /^1\.2\.840\.114350\.1\.13\.\d+\.\d+\.7\.([\d.]{1,15})$/, vocabulary: 'Epic $1' },
      { system: /^1\.2\.840\.114350\.1\.72\.1\.7\.([\d.]{1,12})$/, vocabulary: 'Epic 72.$1' },
    ],
    own: /^(1\.2\.840\.114350\.|open\.epic\.com\/)/,
    categories: {
      lab: 'laboratory',
      vitals: 'vital-signs',
      'problem-list': 'problem-list-item',
      'visit-diagnosis': 'encounter-diagnosis',
    },
  },
  cerner: {
    local: [
      { system: /^fhir\.cerner\.com\/[^/]+\/codeset\/(\d{1,13})$/, vocabulary: 'Cerner $1' },
      { system: /^fhir\.cerner\.com\/[^/]+\/nomenclature$/, vocabulary: 'Cerner nomenclature' },
    ],
    own: /^fhir\.cerner\.com\//,
    categories: { labs: 'laboratory', vitals: 'vital-signs', problem: 'problem-list-item' },
  },
  other: { local: [], own: /^(?!)/, categories: {} },
};

export function localVocabulary(vendor: Vendor, system: string): readonly string[] {
  for (const { system: form, vocabulary } of PRESETS[vendor].local) {
    if (form.test(system)) return [system.replace(form, vocabulary)];
  }
  return [];
}

/** The code of HL7's categories that says the same as this one of the vendor's. `system` as code-systems.ts names it. */
export function vendorCategory(vendor: Vendor, system: string | undefined, code: string): string | undefined {
  const { own, categories } = PRESETS[vendor];
  if (system !== undefined && !own.test(system)) return undefined;
  return Object.hasOwn(categories, code) ? categories[code] : undefined;
}
