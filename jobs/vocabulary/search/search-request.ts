/** What is searched for. Filters of one kind are alternatives; filters of different kinds must all match. */
export interface SearchRequest {
  readonly text: string;
  readonly domains?: readonly string[] | undefined;
  readonly vocabularies?: readonly string[] | undefined;
  readonly classes?: readonly string[] | undefined;
  readonly standard?: readonly ('S' | 'C' | 'none')[] | undefined;
  /** true: only valid concepts; false: only retired ones. */
  readonly valid?: boolean | undefined;
  readonly limit: number;
  readonly offset: number;
}
