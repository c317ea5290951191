-- schema: sync
--
-- What the vocabulary was asked while resources were mapped, and what it answered. When a release or a map changes, the
-- same questions are asked again: those that are answered otherwise now say which codes change, and in which chunks
-- their resources lie, so that these alone are mapped again.

create table vocabulary_answer (
  answer_key   uuid primary key,
  kind         text not null,
  system       text not null,
  vocabularies text[] not null,
  code         text not null,
  answer       jsonb not null,
  first_asked  timestamptz not null default now(),
  constraint vocabulary_answer_kind_known check (kind in ('code', 'concept', 'ancestor'))
);
comment on table vocabulary_answer is 'Each question to the vocabulary with each answer that it was ever given. Independent of releases: the same answer in two releases is one row.';
comment on column vocabulary_answer.answer_key is 'Hash of question and answer, so that nobody has to look up a number to refer to it.';
comment on column vocabulary_answer.kind is 'code (where does it lead), concept (is it Standard and valid), ancestor (is the first concept a descendant of the second).';
comment on column vocabulary_answer.vocabularies is 'In which a code was looked up, in this order: connections may read a system differently.';
comment on column vocabulary_answer.code is 'The code; of a concept its id; of two concepts "descendant<ancestor".';

create table chunk_answer (
  chunk_id  bigint primary key references chunk on delete cascade,
  answers   uuid[] not null,
  resources integer[] not null,
  constraint chunk_answer_pairs check (cardinality(answers) = cardinality(resources))
);
-- Hashes do not compress.
alter table chunk_answer alter column answers set storage external;
comment on table chunk_answer is 'The answers that the resources of a chunk were mapped with. One row a chunk and no key over codes: it is written with every chunk, and read only when the vocabulary has changed.';
comment on column chunk_answer.resources is 'To each of answers, how many resources asked for it; too many once later versions of these resources came in other chunks.';
