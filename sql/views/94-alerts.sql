-- What a person should know, newest first.
create view alerts as
select a.alert_id, a.connection_id, c.site_key, a.run_id, a.kind, a.subject, a.message, a.measured, a.expected, a.times,
  case when a.resolved_at is not null then 'resolved' when a.acknowledged_at is not null then 'acknowledged' else 'open' end as state,
  a.raised_at, a.last_at, a.acknowledged_at, a.acknowledged_by, a.resolved_at, a.delivered_at, a.delivery_error
from alert a
left join connection c using (connection_id)
order by a.alert_id desc;
comment on view alerts is 'Alerts: what a run had that its predecessors had not, failed runs, held watermarks, silent connections, and of the installation that somebody guesses credentials.';
comment on column alerts.kind is 'unmapped-jump, volume-far, run-long, run-failed, watermark-held, connection-silent, nothing-received, type-missing, many-parked, certificate-expires, credentials-guessed.';
comment on column alerts.state is 'open, acknowledged (a person has seen it), resolved (it is over).';
comment on column alerts.delivered_at is 'When the webhook took it; NULL without a webhook.';
comment on column alerts.connection_id is 'NULL, as site_key: it is of the installation.';
comment on column alerts.acknowledged_at is 'When a person said that they have seen it.';
comment on column alerts.acknowledged_by is 'Who said so.';
comment on column alerts.alert_id is 'Number of the alert; the webhook sends it, too.';
comment on column alerts.delivery_error is 'Why the webhook did not take it; NULL when it did, or when there is none.';
comment on column alerts.expected is 'What would have been usual, where something is measured.';
comment on column alerts.last_at is 'When it was found last.';
comment on column alerts.measured is 'What was found, where something is measured.';
comment on column alerts.raised_at is 'When it was found first.';
comment on column alerts.resolved_at is 'When it was over; NULL while it is not.';
comment on column alerts.subject is 'What it is about (a code system, a type, an address); empty for the whole.';
comment on column alerts.times is 'How often it was found.';
