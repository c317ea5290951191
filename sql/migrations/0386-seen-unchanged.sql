-- schema: sync
--
-- What is unchanged in an export leaves a trace in its chunk, so that an older version elsewhere in the same export is
-- known as such.
alter table chunk add column seen_unchanged int8multirange;
comment on column chunk.seen_unchanged is 'Keys of the resources of which the chunk has the version that is loaded. Keys of a first load follow each other, so this is mostly one range. Long ones are let go when the run closes.';
