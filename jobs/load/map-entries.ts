/**
 * Maps resources with the pure mappers. What a mapper asked for and the worker does not know yet (codes, concepts,
 * Medications, Encounters, ancestry) is fetched, all of it at once, and the mapping repeated; after the first chunks
 * that is rare.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Keyring } from '../connection/keyring.ts';
import { mapInTurns } from '../lines/turns.ts';
import type { Ref } from '../map/cdm/link.ts';
import { map } from '../map/index.ts';
import type { MappingSettings } from '../map/settings.ts';
import type { MapContext, Outcome } from '../map/types.ts';
import type { Resolver } from '../vocabulary/resolve/resolver.ts';
import type { VocabularyState } from '../vocabulary/resolve/state.ts';
import type { ToMap } from './compare/sort-out.ts';
import { type Contents, openContents, type UsedContent } from './contents.ts';
import type { GivenByChunk } from './write/write-answers.ts';

export interface Mapped extends ToMap {
  readonly outcome: Outcome;
  /** The Medications, Devices, Organizations … that it was mapped with. */
  readonly contents: readonly UsedContent[];
}

export interface MappedAll {
  readonly mapped: Mapped[];
  /** The vocabulary's answers that they were mapped with, by chunk of their lines. */
  readonly given: GivenByChunk;
}

const NONE: readonly UsedContent[] = [];

export interface MappingContext {
  readonly connectionId: number;
  readonly chunkId: number;
  readonly keyring: Keyring;
  readonly settings: MappingSettings;
  readonly vocabulary: VocabularyState;
  readonly extractionDate: string;
}

export interface Mapping {
  /** Undefined when something was asked for in vain; the resource is mapped again once that is fetched. */
  mapOne(item: ToMap): Mapped | undefined;
  fetchMissing(tx: Tx): Promise<void>;
  /** Forgets what was mapped so far. */
  restart(): void;
  given(): GivenByChunk;
}

export async function mapEntries(
  tx: Tx,
  resolver: Resolver,
  context: MappingContext,
  toMap: readonly ToMap[],
  group?: (item: ToMap) => number,
): Promise<MappedAll> {
  return await mapAll(tx, openMapping(resolver, context, group), toMap);
}

/** `early`: those that were mapped already, in the same order; undefined where something was missing. */
export async function mapAll(
  tx: Tx,
  mapping: Mapping,
  toMap: readonly ToMap[],
  early?: readonly (Mapped | undefined)[],
): Promise<MappedAll> {
  const mapped = [...(early ?? (await mapInTurns(toMap, mapping.mapOne)))];
  while (mapped.includes(undefined)) {
    await mapping.fetchMissing(tx);
    const left = toMap.flatMap((item, index) => (mapped[index] ? [] : [{ item, index }]));
    await mapInTurns(left, ({ item, index }) => {
      mapped[index] = mapping.mapOne(item);
    });
  }
  return { mapped: mapped.filter((one) => one !== undefined), given: mapping.given() };
}

export function openMapping(
  resolver: Resolver,
  context: MappingContext,
  /** What the answers are summed by. */
  group: (item: ToMap) => number = (item) => item.origin ?? context.chunkId,
): Mapping {
  const lookup = resolver.begin(context.vocabulary, context.settings.codeSystems, context.settings.vendor);
  const medications = openContents('Medication', context);
  const substances = openContents('Substance', context);
  const devices = openContents('Device', context);
  const attachments = openContents('Binary', context);
  const persons = openContents('Patient', context);
  const organizations = openContents('Organization', context);
  const encounters = openContents('Encounter', context);
  /** What the resource being mapped was told of. */
  let contents: UsedContent[] | undefined;
  let lacksContent = false;
  const use =
    <Content>(known: Contents<Content>) =>
    (ref: Ref): Content | undefined => {
      if (!known.has(ref)) lacksContent = true;
      const found = known.get(ref);
      if (!found) return undefined;
      contents ??= [];
      if (!contents.some((one) => one.id === ref.id && one.type === known.type))
        contents.push({ type: known.type, id: ref.id, hash: found.hash });
      return found.content;
    };
  const ofMedication = use(medications);
  const ofSubstance = use(substances);
  const mapContext: MapContext = {
    settings: context.settings,
    cdm: context.vocabulary.cdm.version,
    extractionDate: context.extractionDate,
    resolve: lookup.resolve,
    standard: lookup.standard,
    descends: lookup.descends,
    medication: (ref) => ofMedication(ref) ?? ofSubstance(ref),
    organization: use(organizations),
    device: use(devices),
    attachment: use(attachments),
    person: use(persons),
    encounter: use(encounters),
  };
  return {
    restart: lookup.restart,
    given: lookup.given,
    mapOne(item) {
      contents = undefined;
      lacksContent = false;
      lookup.about(group(item));
      const outcome = map(item.entry.resource, mapContext);
      if (lacksContent) lookup.miss();
      if (lookup.missed()) return undefined;
      return {
        entry: item.entry,
        known: item.known,
        origin: item.origin,
        outcome,
        contents: contents ?? NONE,
      };
    },
    async fetchMissing(tx) {
      await lookup.fetchMissing(tx);
      await medications.fetchMissing(tx);
      await substances.fetchMissing(tx);
      await devices.fetchMissing(tx);
      await attachments.fetchMissing(tx);
      await persons.fetchMissing(tx);
      await organizations.fetchMissing(tx);
      await encounters.fetchMissing(tx);
    },
  };
}
