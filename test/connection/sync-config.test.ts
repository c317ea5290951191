import { describe, expect, it } from 'vitest';
import { exportLevel, mappingSettings, readSyncConfig } from '../../jobs/connection/sync-config.ts';
import { DEFAULT_SETTINGS } from '../../jobs/map/settings.ts';

describe('sync_config', () => {
  it('has a default for everything that needs one', () => {
    expect(readSyncConfig({})).toMatchObject({
      list_style: 'comma',
      type_filters: [],
      since_overlap_seconds: 0,
      allow_http: false,
      limits: { parallel_downloads: 3, poll_min_seconds: 1, poll_max_seconds: 600, export_max_hours: 168 },
      unmapped_text_persons: 5,
      retention: { chunks_days: 30, server_text_hours: 0 },
    });
  });

  it('reads its own result', () => {
    const once = readSyncConfig({ schedule: { cron: '0 3 * * *' }, limits: { parallel_downloads: 5 } });
    expect(readSyncConfig(once)).toEqual(once);
    expect(readSyncConfig(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  it.each([
    [{ shedule: { cron: '0 3 * * *' } }, /"shedule"/],
    [{ limits: { parallel_download: 3 } }, /sync_config\.limits: .*"parallel_download"/],
    [{ mapping: { adress: 'full' } }, /sync_config\.mapping: .*"adress"/],
  ])('refuses an unknown key with its name: %j', (json, message) => {
    expect(() => readSyncConfig(json)).toThrow(message);
  });

  it.each([
    [{ schedule: { cron: '61 * * * *' } }, /sync_config\.schedule\.cron: .*61.*0-59/],
    [{ schedule: { cron: '0 3 * * *', timezone: 'Mars/Olympus' } }, /time zone/],
    [{ limits: { poll_min_seconds: 900 } }, /poll_min_seconds is longer/],
    [{ limits: { parallel_downloads: 0 } }, /parallel_downloads/],
    [{ level: 'galaxy' }, /sync_config\.level/],
    [{ token_hosts: ['https://a.example'] }, /token_hosts\.0/],
    [{ type_filters: ['category=laboratory'] }, /type_filters\.0: Expected a resource type and a search/],
    [{ type_filters: ['Observation?'] }, /type_filters\.0: Expected a search parameter/],
    [{ type_filters: ['Condition?code=1', 'Observation?_sort=date'] }, /type_filters\.1: .* no _sort in/],
    [{ type_filters: ['Observation?_include:iterate=Observation:subject'] }, /no _include in/],
    [{ type_filters: ['Observation?code=1&_summary=true'] }, /no _summary in/],
  ])('refuses a bad value with its place: %j', (json, message) => {
    expect(() => readSyncConfig(json)).toThrow(message);
  });

  it('takes filters by search parameters of any kind', () => {
    const type_filters = [
      'Observation?category=laboratory&date=ge2020',
      'Condition?_lastUpdated=gt2024&code:in=x',
    ];
    expect(readSyncConfig({ type_filters })).toMatchObject({ type_filters });
  });

  it('reads what it has read before as it stands now, and refuses what it has refused before', () => {
    const read = (chunk_bytes: number) => readSyncConfig({ limits: { chunk_bytes } }).limits.chunk_bytes;
    expect([read(65_536), read(131_072), read(65_536)]).toEqual([65_536, 131_072, 65_536]);
    for (let times = 0; times < 2; times++) expect(() => read(-1)).toThrow(/limits\.chunk_bytes/);
  });

  it('exports a Group wherever one is named, unless told otherwise', () => {
    expect(exportLevel({ group_id: 'g', ehr_vendor: 'epic', config: readSyncConfig({}) })).toBe('group');
    expect(exportLevel({ group_id: null, ehr_vendor: 'other', config: readSyncConfig({}) })).toBe('system');
    expect(exportLevel({ group_id: null, ehr_vendor: 'epic', config: readSyncConfig({}) })).toBe('search');
    const patient = { group_id: 'g', ehr_vendor: 'other', config: readSyncConfig({ level: 'patient' }) };
    expect(exportLevel(patient)).toBe('patient');
  });

  it('gives the mappers every switch, and their defaults for the others', () => {
    const connection = { fhir_base_url: 'https://ehr.example/fhir', ehr_vendor: 'epic' };
    expect(mappingSettings({ ...connection, config: readSyncConfig({}) })).toEqual({
      ...DEFAULT_SETTINGS,
      fhirBaseUrl: 'https://ehr.example/fhir',
      vendor: 'epic',
      personIdentifierSystem: undefined,
      timezone: undefined,
    });
    const mapping = {
      person_source_value: 'resource-id',
      person_identifier_system: 'urn:mrn',
      person_identifier_prefix: 'https://epic.example/',
      address: 'zip3',
      provisional_conditions: 'observation',
      medication_request_intents: ['order'],
      panel_parents: true,
      valueless_observations: true,
      earliest_year: 1900,
      latest_year: 2300,
      unknown_procedures: true,
      emergency_admissions: 'emergency-and-inpatient',
      implausible_events: 'exclude',
      timezone: 'Europe/Berlin',
      code_systems: { 'urn:local': 'LOCAL' },
    };
    expect(mappingSettings({ ...connection, config: readSyncConfig({ mapping }) })).toMatchObject({
      personSourceValue: 'resource-id',
      personIdentifierSystem: 'urn:mrn',
      personIdentifierPrefix: 'https://epic.example/',
      address: 'zip3',
      provisionalConditions: 'observation',
      medicationRequestIntents: ['order'],
      panelParents: true,
      valuelessObservations: true,
      earliestYear: 1900,
      latestYear: 2300,
      unknownProcedures: true,
      emergencyAdmissions: 'emergency-and-inpatient',
      implausibleEvents: 'exclude',
      timezone: 'Europe/Berlin',
      codeSystems: { 'urn:local': 'LOCAL' },
    });
  });
});
