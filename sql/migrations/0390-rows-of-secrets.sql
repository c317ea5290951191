-- schema: sync
--
-- Addresses and secrets of receivers, and the ids of purges, are bound to their own rows. The first start seals again those
-- that were bound to their table alone.

create table secret_rows_bound (
  only_row boolean primary key default true check (only_row),
  since    timestamptz not null
);
comment on table secret_rows_bound is 'Has its row when each secret of a receiver and of a purge is bound to its row; from then on none opens in another.';

create trigger secret_rows_stay_bound before update or delete or truncate on secret_rows_bound
  for each statement execute function secrets_stay_bound();
