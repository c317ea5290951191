/** The two documents by which a client learns what this EHR can do. */

export const SOFTWARE = { name: 'Simulated EHR', version: '1.0.0' };

export function smartConfiguration(tokenEndpoint: string): Record<string, unknown> {
  return {
    token_endpoint: tokenEndpoint,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384', 'ES256'],
    scopes_supported: ['system/*.read', 'system/*.rs'],
    capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
  };
}

export function capabilityStatement(
  base: string,
  tokenEndpoint: string,
  types: readonly string[],
  date: Date,
  /** Of the Bulk Data guide; undefined where there are no exports. */
  version: number | undefined,
) {
  const guide = { 1: '1.0.1', 2: '2.0.0', 3: '3.0.0', 4: '4.0.0' }[version ?? 2] ?? '2.0.0';
  const operation = (level: string, name: string) => {
    const ending = version === 4 ? '-v4' : '';
    const definition = `http://hl7.org/fhir/uv/bulkdata/OperationDefinition/${level}-export${ending}|${guide}`;
    return version === undefined ? [] : [{ name: `${name}${ending}`, definition }];
  };
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: date.toISOString(),
    kind: 'instance',
    instantiates:
      version === undefined ? [] : [`http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data|${guide}`],
    software: SOFTWARE,
    implementation: { description: 'A simulated EHR for demos and tests', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        security: {
          extension: [
            {
              url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
              extension: [{ url: 'token', valueUri: tokenEndpoint }],
            },
          ],
        },
        resource: [...new Set(['Group', 'Patient', ...types])].map((type) => ({
          type,
          interaction: [{ code: 'read' }, { code: 'search-type' }],
          ...(type === 'Group' ? { operation: operation('group', 'export') } : {}),
          ...(type === 'Patient' ? { operation: operation('patient', 'export') } : {}),
        })),
        operation: operation('system', 'export'),
      },
    ],
  };
}
