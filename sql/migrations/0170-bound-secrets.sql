-- schema: sync
--
-- Sealed secrets are bound to table, column and connection (v2). The first start of this version seals those of the
-- form before (v1) again, in their places. Nobody can put an old value in another place meanwhile: these columns take
-- no new one of that form.

create table connection_key (
  connection_key_id  integer generated always as identity primary key,
  connection_id      integer not null references connection on delete cascade,
  kid                text not null,
  algorithm          text not null,
  public_jwk         jsonb not null,
  private_key_sealed text,
  made_at            timestamptz not null,
  signs_from         timestamptz,
  published_until    timestamptz,
  unique (connection_id, kid),
  constraint connection_key_retired check (published_until is null or private_key_sealed is null)
);
create unique index connection_key_current on connection_key (connection_id)
  where signs_from is not null and published_until is null;
create unique index connection_key_next on connection_key (connection_id) where signs_from is null;
comment on table connection_key is 'Key pairs that were made here. At most one of a connection signs (signs_from is set, published_until is not), at most one is published to sign next (signs_from is NULL), and those before are published until everybody has forgotten them.';
comment on column connection_key.kid is 'RFC 7638 thumbprint of the public key.';
comment on column connection_key.private_key_sealed is 'PEM, sealed. NULL from the moment the next key signs: nobody can sign with this one again.';

alter table connection add column credentials_cleared text;
comment on column connection.credentials_cleared is 'Settings whose change has cleared the credentials, since they say where credentials go; NULL once credentials have been entered again.';

alter table connection add column public_jwk jsonb;
comment on column connection.public_jwk is 'Public half of private_key_sealed, as published in the JWKS; NULL until a start has read it from the key.';

create table secrets_bound (
  only_row boolean primary key default true check (only_row),
  since    timestamptz not null
);
comment on table secrets_bound is 'Has its row when no secret of the form before is left; from then on none is opened.';

create function secrets_stay_bound() returns trigger language plpgsql as $$
begin
  raise exception 'Once all secrets are bound to their places, the form before stays closed.';
end $$;
create trigger secrets_stay_bound before update or delete or truncate on secrets_bound
  for each statement execute function secrets_stay_bound();

create function refuse_unbound_secret() returns trigger language plpgsql as $$
begin
  raise exception 'A secret of the form before (v1) is not stored any more: it would open in any row.';
end $$;

create trigger connection_secrets_inserted before insert on connection for each row
  when (new.private_key_sealed like 'v1.%' or new.client_secret_sealed like 'v1.%')
  execute function refuse_unbound_secret();
create trigger connection_secrets_updated before update on connection for each row
  when ((new.private_key_sealed like 'v1.%' and (new.private_key_sealed is distinct from old.private_key_sealed or new.connection_id <> old.connection_id))
    or (new.client_secret_sealed like 'v1.%' and (new.client_secret_sealed is distinct from old.client_secret_sealed or new.connection_id <> old.connection_id)))
  execute function refuse_unbound_secret();

create trigger blocklist_secret_inserted before insert on blocklist_secret for each row
  when (new.secret_sealed like 'v1.%') execute function refuse_unbound_secret();
create trigger blocklist_secret_updated before update on blocklist_secret for each row
  when (new.secret_sealed like 'v1.%' and (new.secret_sealed is distinct from old.secret_sealed or new.connection_id <> old.connection_id))
  execute function refuse_unbound_secret();

create trigger purge_secrets_inserted before insert on purge for each row
  when (new.patient_ids_sealed like 'v1.%') execute function refuse_unbound_secret();
create trigger purge_secrets_updated before update on purge for each row
  when (new.patient_ids_sealed like 'v1.%' and (new.patient_ids_sealed is distinct from old.patient_ids_sealed or new.connection_id <> old.connection_id))
  execute function refuse_unbound_secret();

create trigger connection_key_inserted before insert or update on connection_key for each row
  when (new.private_key_sealed like 'v1.%') execute function refuse_unbound_secret();

comment on column connection.private_key_sealed is 'PEM private key, AES-256-GCM; form v2.<key id>.<iv>.<ciphertext>, base64url, bound to table, column and connection. Never leaves the server.';
