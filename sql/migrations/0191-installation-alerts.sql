-- schema: sync
--
-- Alerts of the installation, which are of no connection, such as that somebody guesses credentials.

alter table alert alter column connection_id drop not null;
alter table alert drop constraint alert_kind_known;
alter table alert add constraint alert_kind_known check (kind in (
  'unmapped-jump', 'volume-far', 'run-long', 'run-failed', 'watermark-held', 'connection-silent',
  'nothing-received', 'type-missing', 'many-parked', 'credentials-guessed'
));
create unique index alert_open_of_installation on alert (kind, subject)
  where connection_id is null and acknowledged_at is null and resolved_at is null;
comment on table alert is 'What a person should know of a connection, or of the installation. While one is open, the same again only counts it up.';
comment on column alert.connection_id is 'NULL: it is of the installation.';
