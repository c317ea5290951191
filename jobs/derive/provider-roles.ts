/**
 * Brings specialty and organisation of PractitionerRoles to the provider row of their Practitioner, which is the one that
 * visits and events mostly name. Set-based over the connection: roles are few, and only what differs is written.
 *
 * Of several roles one that goes on comes first, then the one that ends last, then by FHIR id; specialty and organisation
 * may be of different roles. A specialty that the Practitioner states itself stays. The care site is only ever a role's.
 */
import type { Tx } from '../../sql/connect.ts';

/** Where providers or places were written since a run of the connection last closed; else all is as it was. */
export async function bringRolesToProvidersInTx(tx: Tx, connectionId: number): Promise<void> {
  const touched = await tx`
    delete from touched_providers t using run r where r.run_id = t.run_id and r.connection_id = ${connectionId}`;
  if (touched.count === 0) return;
  await tx`
    create temporary table role_now on commit drop as
    with role as (
      select t.resource_key, p.specialty_concept_id, p.specialty_source_value, p.specialty_source_concept_id,
        p.care_site_id, pr.until, r.fhir_id
      from practitioner_role pr
      join resource r on r.resource_key = pr.resource_key and r.outcome = 'loaded'
      join provider p on p.provider_id = pr.resource_key
      left join resource_identifier i on pr.practitioner_id like '?%' and i.connection_id = pr.connection_id
        and i.resource_type = 'Practitioner' and i.hash = substr(pr.practitioner_id, 2)
      join resource t on t.connection_id = pr.connection_id and t.resource_type = 'Practitioner'
        and t.outcome = 'loaded' and (t.fhir_id = pr.practitioner_id or t.resource_key = i.resource_key)
      where pr.connection_id = ${connectionId}
    ), specialty as (
      select distinct on (resource_key) resource_key, specialty_concept_id, specialty_source_value,
        specialty_source_concept_id
      from role where specialty_source_value is not null
      order by resource_key, until desc nulls first, fhir_id
    ), place as (
      select distinct on (resource_key) resource_key, care_site_id
      from role where care_site_id is not null
      order by resource_key, until desc nulls first, fhir_id
    )
    select resource_key, s.specialty_concept_id, s.specialty_source_value, s.specialty_source_concept_id,
      place.care_site_id
    from specialty s full join place using (resource_key)`;
  await tx`
    update provider p set care_site_id = n.care_site_id
    from resource r left join role_now n using (resource_key)
    where r.connection_id = ${connectionId} and r.resource_type = 'Practitioner' and p.provider_id = r.resource_key
      and p.care_site_id is distinct from n.care_site_id`;
  // What lost its place with the Organization is no link of the Practitioner's own.
  await tx`
    delete from open_link l using resource r
    where l.connection_id = ${connectionId} and l.table_name = 'provider' and l.column_name = 'care_site_id'
      and r.resource_key = l.resource_key and r.resource_type = 'Practitioner'`;
  await tx`
    with gone as (
      delete from provider_from_role f using resource r
      where r.resource_key = f.resource_key and r.connection_id = ${connectionId}
        and not exists (
          select 1 from role_now n where n.resource_key = f.resource_key and n.specialty_source_value is not null
        )
      returning f.resource_key
    )
    update provider p set specialty_concept_id = null, specialty_source_value = null, specialty_source_concept_id = null
    from gone where p.provider_id = gone.resource_key`;
  await tx`
    with brought as (
      update provider p set specialty_concept_id = n.specialty_concept_id,
        specialty_source_value = n.specialty_source_value,
        specialty_source_concept_id = n.specialty_source_concept_id
      from role_now n left join provider_from_role f using (resource_key)
      where p.provider_id = n.resource_key and n.specialty_source_value is not null
        and (p.specialty_source_value is null or f.resource_key is not null)
        and (p.specialty_concept_id, p.specialty_source_value, p.specialty_source_concept_id)
          is distinct from (n.specialty_concept_id, n.specialty_source_value, n.specialty_source_concept_id)
      returning n.resource_key
    )
    insert into provider_from_role (resource_key) select resource_key from brought
    on conflict (resource_key) do nothing`;
  await tx`drop table role_now`;
}
