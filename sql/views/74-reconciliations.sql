-- Full exports that were compared with what is stored, and what was made of it.
create view reconciliations as
select c.run_id, c.connection_id, s.site_key, c.compared_at, c.types, c.types_missing, c.stored, c.vanished,
  round(100.0 * c.vanished / nullif(c.stored, 0), 2) as vanished_percent, c.obstacles, c.doubts,
  c.confirmed_at, c.confirmed_by, c.removal_run,
  (select count(*) from vanished v where v.run_id = c.run_id and v.removed) as removed,
  case
    when c.removal_run is not null then 'confirmed'
    when cardinality(c.obstacles) > 0 then 'obstructed'
    when c.vanished = 0 then 'nothing-vanished'
    when exists (
      select 1 from run r where r.connection_id = c.connection_id and r.run_id > c.run_id and r.kind = 'export'
        and r.mode = 'full' and r.status = 'completed'
    ) then 'outdated'
    else 'to-confirm'
  end as state
from reconciliation c
join connection s using (connection_id);
comment on view reconciliations is 'Per reconciling run: how many of the stored resources a full export did not hold, and whether they were removed.';
comment on column reconciliations.state is 'to-confirm, confirmed, nothing-vanished, obstructed (see obstacles), outdated (a later full export came).';
comment on column reconciliations.removed is 'Of the vanished: taken out, or found to have come again.';
comment on column reconciliations.compared_at is 'When the export was compared with what is stored.';
comment on column reconciliations.confirmed_at is 'When a person confirmed the removal.';
comment on column reconciliations.confirmed_by is 'Who confirmed it.';
comment on column reconciliations.doubts is 'What a person should weigh before confirming.';
comment on column reconciliations.obstacles is 'Why nothing may be removed; empty where it may.';
comment on column reconciliations.removal_run is 'Run that removed what had vanished.';
comment on column reconciliations.stored is 'Resources that were stored, of the types compared.';
comment on column reconciliations.types is 'FHIR types that were compared.';
comment on column reconciliations.types_missing is 'Types that are stored and were not in the export at all.';
comment on column reconciliations.vanished is 'Of the stored resources, those that the export did not hold.';
comment on column reconciliations.vanished_percent is 'vanished in percent of stored.';
