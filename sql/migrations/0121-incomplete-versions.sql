-- schema: sync
--
-- A resource may be sent incomplete (SUBSETTED): such a version never takes the place of a complete one, but follows
-- another incomplete one.

alter table resource add column incomplete boolean not null default false;
comment on column resource.incomplete is 'The version that is known is an incomplete one (tagged SUBSETTED), or none is known any more: any version may follow. False of all that was loaded before this column was there.';
