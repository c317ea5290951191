-- What was asked for one by one and did not come.
create view hydration_missing as
select h.connection_id, c.site_key, h.resource_type, h.fhir_id, h.state, h.reason, h.run_id, h.asked_at
from hydration_request h
join connection c using (connection_id)
where h.state in ('not-found', 'refused', 'unavailable')
order by h.connection_id, h.resource_type, h.fhir_id;
comment on view hydration_missing is 'Resources that others refer to, that exports leave out, and that did not come when they were asked for.';
comment on column hydration_missing.state is 'not-found and refused: asked for again after hydrate.retry_after_days. unavailable: by the next sync.';
comment on column hydration_missing.reason is 'status-404, status-410, status-403 … of the answer; wrong-resource, too-large; type-refused, no-answer. Of attachments (Binary) also not-text, a-page, foreign-host, redirects, nobody-waits, document-unreadable (the line of the document that waits), address-changed (it names another by now), and codes of addresses that are not asked.';
comment on column hydration_missing.run_id is 'The run that asked last.';
comment on column hydration_missing.asked_at is 'When it was asked for last.';
