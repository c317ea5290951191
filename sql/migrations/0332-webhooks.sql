-- schema: sync
--
-- Receivers of events in the format of Standard Webhooks (standardwebhooks.com), and what was sent to each.

create table webhook (
  webhook_id       integer generated always as identity primary key,
  connection_id    integer not null default 0 constraint webhook_of_installation check (connection_id = 0),
  name             text not null,
  url_host         text not null,
  url_sealed       text not null,
  secret_sealed    text not null,
  events           text[] not null default '{}',
  connections      integer[],
  allowed_networks text[] not null default '{}',
  is_active        boolean not null default true,
  created_at       timestamptz not null,
  created_by       text not null,
  updated_at       timestamptz not null
);
comment on table webhook is 'Receivers of events: alerts, and how runs end.';
comment on column webhook.webhook_id is 'Number of the receiver.';
comment on column webhook.connection_id is '0: it is of no connection. Sealed secrets are bound to this column.';
comment on column webhook.name is 'What it is for, for people.';
comment on column webhook.url_host is 'Host of its address, which is itself a secret at some services.';
comment on column webhook.url_sealed is 'Its address, sealed.';
comment on column webhook.secret_sealed is 'With which events are signed, sealed.';
comment on column webhook.events is 'Types of events that it gets; empty: all.';
comment on column webhook.connections is 'Connections whose events it gets; NULL: all, and those of the installation.';
comment on column webhook.allowed_networks is 'Addresses besides public ones that it may be at.';
comment on column webhook.is_active is 'Whether it gets events. Also switched off by its answer 410.';

create table webhook_delivery (
  delivery_id  bigint generated always as identity primary key,
  webhook_id   integer not null references webhook on delete cascade,
  event_id     text not null,
  type         text not null,
  payload      text not null,
  created_at   timestamptz not null,
  attempts     integer not null default 0,
  last_at      timestamptz,
  status       integer,
  error        text,
  delivered_at timestamptz
);
create index webhook_delivery_of_webhook on webhook_delivery (webhook_id, delivery_id desc);
create index webhook_delivery_by_age on webhook_delivery (created_at);
comment on table webhook_delivery is 'What was sent to receivers, kept for 30 days. Ids, codes and counts only.';
comment on column webhook_delivery.delivery_id is 'Number of the delivery.';
comment on column webhook_delivery.event_id is 'Header webhook-id: the same for each try, and for each receiver of an event.';
comment on column webhook_delivery.type is 'Type of the event, such as run.failed.';
comment on column webhook_delivery.payload is 'The body, byte for byte.';
comment on column webhook_delivery.attempts is 'Tries so far.';
comment on column webhook_delivery.last_at is 'When it was tried last.';
comment on column webhook_delivery.status is 'HTTP status of the last answer.';
comment on column webhook_delivery.error is 'Code of what the last try failed for.';
comment on column webhook_delivery.delivered_at is 'When the receiver took it.';
