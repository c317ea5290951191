-- All persons that we loaded, into persons_in_scope. Their data reach to the day of the last completed run of their
-- connection. $1 today, for connections without one.

insert into persons_in_scope (person_id, connection_id, pulled_on, silent_after)
select r.resource_key, r.connection_id, coalesce(p.pulled_on, $1::date), 'infinity'
from resource r
left join (
  select connection_id,
    max(case when transaction_time ~ '^\d{4}-\d{2}-\d{2}' then left(transaction_time, 10)::date
      else (created_at at time zone 'UTC')::date end) as pulled_on
  from run where status = 'completed' group by connection_id
) p using (connection_id)
where r.resource_type = 'Patient'
