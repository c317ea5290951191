-- The lineage of one row. The view alone would have to look at every resource, since no index knows the ids that a
-- resource's rows may have; here the id of the row is turned into the key of its resource first.
create function lineage_of(in_table text, id bigint) returns setof lineage
language sql stable begin atomic
  select l.* from lineage l
  where l.table_name = in_table
    and l.resource_key = case
      when in_table in ('person', 'death', 'visit_occurrence', 'location', 'care_site', 'provider') then id
      else id / 1000
    end;
end;
comment on function lineage_of(text, bigint) is 'Where this row of this CDM table came from: lineage_of(''measurement'', 8434000). No row when nothing of ours has that id. One index look-up, however many resources there are.';
