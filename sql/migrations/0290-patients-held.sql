-- schema: sync
--
-- A search about one patient that is never answered holds the watermark of that patient, and of nobody else.

alter table crawl_watermark alter column watermark drop not null;
comment on column crawl_watermark.watermark is 'NULL where a search about the patient was given up and nothing came before it: all is asked for again.';
