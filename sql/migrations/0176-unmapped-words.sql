-- schema: sync
--
-- Which of the worklist's texts are shown. What a person typed in place of a code may name a patient, so words are shown
-- from so many persons on, and so is what the EHR calls a code. One rule for the view unmapped_codes and the API.

create function unmapped_is_words(system text, code text) returns boolean
  language sql immutable parallel safe
  return system in ('text', 'none') or code ~ '\s';
comment on function unmapped_is_words is 'Whether what stands in the place of a code may have been typed: words alone, a code of no system, or one with a blank in it.';

create function unmapped_is_common(resource_type text, persons bigint, sync_config jsonb) returns boolean
  language sql immutable parallel safe
  return resource_type in ('Organization', 'Location', 'Practitioner', 'PractitionerRole')
    or persons >= coalesce((sync_config ->> 'unmapped_text_persons')::integer, 5);
comment on function unmapped_is_common is 'Whether words that so many persons of a connection have may be shown (sync_config.unmapped_text_persons). Resources that are about no patient always may.';
