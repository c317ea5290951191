-- schema: sync
--
-- Certificates that connections show to servers which ask for one (mTLS).

alter table connection add column client_certificate text;
alter table connection add column client_certificate_key_sealed text;
alter table connection add column client_certificate_expires_at timestamptz;
alter table connection add constraint connection_certificate_whole check (
  (client_certificate is null) = (client_certificate_key_sealed is null)
  and (client_certificate is null) = (client_certificate_expires_at is null)
);
alter table connection add constraint connection_certificate_key_bound check (client_certificate_key_sealed not like 'v1.%');
comment on column connection.client_certificate is 'PEM of the certificate that is shown to the connection''s servers, and of those between it and its authority.';
comment on column connection.client_certificate_key_sealed is 'PEM of its private key, sealed like other secrets. Never leaves the server.';
comment on column connection.client_certificate_expires_at is 'When it expires; warned of 30 days before.';

alter table alert drop constraint alert_kind_known;
alter table alert add constraint alert_kind_known check (kind in (
  'unmapped-jump', 'volume-far', 'run-long', 'run-failed', 'watermark-held', 'connection-silent',
  'nothing-received', 'type-missing', 'many-parked', 'certificate-expires', 'credentials-guessed'
));
