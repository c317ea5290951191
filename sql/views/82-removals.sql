-- What was taken out of the CDM, by reason: as counted by each run.
create view removals as
select c.connection_id, c.site_key, n.run_id, n.resource_type, n.reason, sum(n.resources) as resources
from chunk_reason n
join run r on r.run_id = n.run_id
join connection c on c.connection_id = r.connection_id
where n.outcome = 'removed'
group by c.connection_id, c.site_key, n.run_id, n.resource_type, n.reason
order by n.run_id desc, resources desc;
comment on view removals is 'Per run: resources that were taken out of the CDM, by type and reason: deleted-at-source, vanished-at-source, misread, purged. They were not received, so no run counts them as excluded.';
comment on column removals.reason is 'deleted-at-source, vanished-at-source, misread, purged …';
