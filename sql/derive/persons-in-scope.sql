-- The persons that derivation and quality checks look at, for the length of one transaction. The caller fills it.
--
-- born_on:      first day that the parts of the birth date allow; NULL when there is no such person (any more).
-- silent_after: 60 days after death, up to which events still count; infinity for the living.
-- pulled_on:    day up to which the source has told us everything.

create temporary table persons_in_scope (
  person_id     bigint primary key,
  connection_id integer,
  pulled_on     date not null,
  born_on       date,
  died_on       date,
  silent_after  date not null
) on commit drop;
