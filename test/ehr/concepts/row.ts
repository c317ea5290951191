/** A concept as the demo vocabulary holds it: id, name, domain, vocabulary, class, standard flag, code. */
export type ConceptRow = readonly [
  id: number,
  name: string,
  domain: string,
  vocabulary: string,
  conceptClass: string,
  standard: 'S' | 'C' | '',
  code: string,
];
