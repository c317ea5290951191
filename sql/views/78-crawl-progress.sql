-- How far syncs by searches are.
create view crawl_progress as
select k.run_id, k.connection_id, c.site_key, r.status, k.cohort, k.planned_at, k.requests, k.throttled,
  p.patients, p.patients - s.patients_open as patients_done, p.not_found,
  s.searches, s.searches - s.searches_open as searches_done, s.searches_lost, s.resources,
  case
    when k.planned_at is not null and s.searches_open > 0 and s.searches > s.searches_open and r.status in ('downloading', 'processing')
    then now() + (now() - r.started_at) / (s.searches - s.searches_open) * s.searches_open
  end as done_at
from crawl k
join run r using (run_id)
join connection c on c.connection_id = k.connection_id
cross join lateral (
  select count(*) filter (where state = 'found') as patients, count(*) filter (where state in ('not-found', 'several')) as not_found
  from crawl_patient where run_id = k.run_id
) p
cross join lateral (
  select count(*) as searches, count(*) filter (where state in ('pending', 'queued')) as searches_open,
    count(distinct n) filter (where state in ('pending', 'queued')) as patients_open,
    count(*) filter (where state in ('failed', 'refused')) as searches_lost, coalesce(sum(resources), 0)::bigint as resources
  from crawl_search where run_id = k.run_id
) s;
comment on view crawl_progress is 'Per sync by searches: patients and searches done of all, requests, and when it may be done at its pace so far.';
comment on column crawl_progress.patients_done is 'Patients of whom everything was asked for.';
comment on column crawl_progress.not_found is 'Entries of the cohort that are no patient, or several (view crawl_cohort).';
comment on column crawl_progress.searches_lost is 'Given up (failures say which), or of a type that the server does not search (notices say so).';
comment on column crawl_progress.done_at is 'An estimate; NULL until searches are done, and once the run has ended.';
comment on column crawl_progress.cohort is 'group, list or all: whom the sync is about.';
comment on column crawl_progress.patients is 'Patients found.';
comment on column crawl_progress.planned_at is 'When its searches were planned.';
comment on column crawl_progress.resources is 'Resources received.';
comment on column crawl_progress.searches is 'Searches planned.';
comment on column crawl_progress.searches_done is 'Of them at their end.';
comment on column crawl_progress.status is 'Status of the run.';
comment on column crawl_progress.throttled is 'Requests that the server refused for a while.';
