-- schema: sync
-- Stacks name files of the machine. They are in the log, under the run's number, and nowhere else.
alter table run drop column error_stack;
