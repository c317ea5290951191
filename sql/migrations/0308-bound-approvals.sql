-- schema: sync
--
-- What is sealed of an approval is bound to that approval from now on, not only to its connection. Those that wait were
-- sealed without: they are asked for again.

update approval set decision = 'outdated', decided_at = now(), request_sealed = null where decision is null;
