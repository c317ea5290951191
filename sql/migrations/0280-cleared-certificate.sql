-- schema: sync

alter table connection add column client_certificate_cleared text;
comment on column connection.client_certificate_cleared is
  'Settings whose change has cleared the client certificate, until one is entered or it is said that none is needed; NULL: none was cleared.';
