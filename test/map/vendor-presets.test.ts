/** Proprietary code sets of a vendor lead to local vocabularies that are the same at every customer. */
import { expect, it } from 'vitest';
import { vocabulariesFor } from '../../jobs/map/read/code-systems.ts';

const EPIC_A = 'urn:oid:1.2.840.114350.1.13.0.1.7.2.698288';
const EPIC_B = 'urn:oid:1.2.840.114350.1.13.411.3.7.2.698288';
const CERNER = 'https://fhir.cerner.com/ec2458f2-1e24-41c8-b71b-0e701af7583d/codeSet/72';

it("leads Epic's code sets to one local vocabulary, whatever the customer and environment", () => {
  expect(vocabulariesFor(EPIC_A, {}, 'epic')).toEqual(['Epic 2.698288']);
  expect(vocabulariesFor(EPIC_B, {}, 'epic')).toEqual(['Epic 2.698288']);
});

it("takes for Epic's only what is below its root, up to the length that a name may have", () => {
  const of = (system: string) => vocabulariesFor(`urn:oid:${system}`, {}, 'epic');
  expect(of('1.2.840.114350.1.13.10.12.7.2.698288')).toEqual(['Epic 2.698288']);
  expect(of('1.2.840.114350.1.72.1.7.7.10.688867')).toEqual(['Epic 72.7.10.688867']);
  expect(of('9.1.2.840.114350.1.13.0.1.7.2.698288')).toEqual([]);
  expect(of('9.1.2.840.114350.1.72.1.7.7.10.688867')).toEqual([]);
  expect(of(`1.2.840.114350.1.13.0.1.7.2.${'8'.repeat(14)}`)).toEqual([]);
  expect(of(`1.2.840.114350.1.72.1.7.2.${'8'.repeat(11)}`)).toEqual([]);
  expect(of('1.2.840.114350.1.13.0.1.7.2-698288')).toEqual([]);
});

it("takes for Oracle Health's only what is at its own host, up to the length that a name may have", () => {
  const of = (system: string) => vocabulariesFor(system, {}, 'cerner');
  expect(of('https://fhir.cerner.com/ec2458f2/nomenclature')).toEqual(['Cerner nomenclature']);
  expect(of('https://example.org/fhir.cerner.com/ec2458f2/codeSet/72')).toEqual([]);
  expect(of('https://example.org/fhir.cerner.com/ec2458f2/nomenclature')).toEqual([]);
  expect(of('https://fhir.cerner.com/ec2458f2/nomenclature/7')).toEqual([]);
  expect(of(`https://fhir.cerner.com/ec2458f2/codeSet/${'7'.repeat(14)}`)).toEqual([]);
});

it("leads Oracle Health's code sets to one local vocabulary, whatever the tenant", () => {
  expect(vocabulariesFor(CERNER, {}, 'cerner')).toEqual(['Cerner 72']);
});

it('gives names that source_to_concept_map holds', () => {
  const longest = [
    vocabulariesFor('urn:oid:1.2.840.114350.1.13.1.1.7.10.696784.13260', {}, 'epic'),
    vocabulariesFor('https://fhir.cerner.com/t/codeSet/1234567890123', {}, 'cerner'),
    vocabulariesFor('https://fhir.cerner.com/t/nomenclature', {}, 'cerner'),
  ].flat();
  expect(longest).toHaveLength(3);
  expect(longest.filter((name) => name.length > 20)).toEqual([]);
});

it('is for that vendor alone, and gives way to what the connection names', () => {
  expect(vocabulariesFor(EPIC_A, {}, 'cerner')).toEqual([]);
  expect(vocabulariesFor(EPIC_A)).toEqual([]);
  expect(vocabulariesFor(EPIC_A, { [EPIC_A]: 'RxNorm' }, 'epic')).toEqual(['RxNorm']);
});
