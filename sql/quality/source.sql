-- The data must say where they come from, and which vocabulary they were mapped with. No persons are asked.

select r.check_id, r.table_name, r.field_name, r.violated, 1::bigint as total
from (
  values
    ('cdm-source-missing', 'cdm_source', 'cdm_source_name',
      (select (count(*) = 0)::integer::bigint from cdm_source)),
    ('vocabulary-version-missing', 'vocabulary', 'vocabulary_version',
      (select (count(*) = 0)::integer::bigint
       from vocabulary where vocabulary_id = 'None' and vocabulary_version <> '')),
    ('vocabulary-version-differs', 'cdm_source', 'vocabulary_version',
      (select (count(*) > 0)::integer::bigint
       from cdm_source s join vocabulary v on v.vocabulary_id = 'None'
       where s.vocabulary_version <> left(v.vocabulary_version, 20)
         and s.cdm_release_date = (select max(cdm_release_date) from cdm_source)))
) r (check_id, table_name, field_name, violated)
