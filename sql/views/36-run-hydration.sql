-- What runs asked for one by one since the export left it out, the newest run first.
create view run_hydration as
select h.run_id, c.connection_id, c.site_key, h.resource_type, h.wanted, h.asked, h.found, h.not_found, h.refused, h.unavailable
from hydration_count h
join run r using (run_id)
join connection c using (connection_id)
order by h.run_id desc, h.resource_type;
comment on view run_hydration is 'Per run and type: resources that others refer to and the export left out, and what became of asking for them. asked = found + not_found + refused + unavailable.';
comment on column run_hydration.wanted is 'Not asked for yet; 0 once the run has ended.';
comment on column run_hydration.found is 'Came; they are mapped as if exported, and counted so in run_metrics.';
comment on column run_hydration.not_found is '404 or 410; asked for again after hydrate.retry_after_days.';
comment on column run_hydration.refused is 'Another answer than the resource; asked for again after hydrate.retry_after_days. Why: hydration_missing.';
comment on column run_hydration.unavailable is 'No answer, or the whole type is refused: the next sync asks again.';
comment on column run_hydration.asked is 'Asked for.';
