import { GENDER } from '../cdm/concepts.ts';

/** administrative-gender, us-core-birthsex and us-core-sex (SNOMED) in one table. */
const GENDERS = new Map<string, number>([
  ['male', GENDER.male.id],
  ['m', GENDER.male.id],
  ['248153007', GENDER.male.id],
  ['female', GENDER.female.id],
  ['f', GENDER.female.id],
  ['248152002', GENDER.female.id],
  ['other', GENDER.other.id],
  ['oth', GENDER.other.id],
  ['unknown', GENDER.unknown.id],
  ['unk', GENDER.unknown.id],
]);

export function genderConcept(sent: string | undefined): number {
  return (sent !== undefined && GENDERS.get(sent.toLowerCase())) || 0;
}
