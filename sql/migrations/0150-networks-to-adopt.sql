-- schema: sync
--
-- Connections reach public addresses and the networks that sync_config.allowed_networks lists. Those made before that was
-- so may be of servers on a hospital's own network: their hosts are looked up at the next start, and what is not public
-- is added to their list (jobs/connection/adopt-networks.ts).

alter table connection add column networks_to_adopt boolean not null default false;
comment on column connection.networks_to_adopt is 'Whether the addresses of its hosts are still to be added to sync_config.allowed_networks: it was made before there was that list.';
update connection set networks_to_adopt = true where fhir_base_url is not null;
