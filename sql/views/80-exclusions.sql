-- What was rightly not loaded, by rule: as counted by each run.
create view exclusions as
select c.connection_id, c.site_key, n.run_id, n.resource_type, n.reason as rule, sum(n.resources) as resources
from chunk_reason n
join run r on r.run_id = n.run_id
join connection c on c.connection_id = r.connection_id
where n.outcome = 'excluded'
group by c.connection_id, c.site_key, n.run_id, n.resource_type, n.reason
order by n.run_id desc, resources desc;
comment on view exclusions is 'Per run: resources that a rule keeps out of the CDM, by type and rule. The rules are explained in jobs/map/rules.ts.';
comment on column exclusions.rule is 'The rule (jobs/map/rules.ts).';
