/** The OpenAPI document, built from the routes themselves; this needs neither a server nor a database. */
import { OpenAPIHono } from '@hono/zod-openapi';
import about from '../package.json' with { type: 'json' };
import type { AppEnv } from './app-env.ts';
import { PERMISSIONS } from './permissions.ts';
import { mountRoutes } from './routes/index.ts';

export function apiDocument() {
  const app = new OpenAPIHono<AppEnv>();
  mountRoutes(app);
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description:
      'A token made with `tokens create` (fos_…), ADMIN_TOKEN of the server, or an access token of its identity provider.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'tick', {
    type: 'http',
    scheme: 'bearer',
    description: 'TICK_SECRET of the server. Without one there is no /internal/tick.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'metrics', {
    type: 'http',
    scheme: 'bearer',
    description: 'METRICS_TOKEN of the server. Without one only its own machine is answered.',
  });
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'fhir-omop-sync admin API',
      version: about.version,
      description:
        'Connections to EHRs, their syncs, and how they are doing. Errors are application/problem+json (RFC 9457) ' +
        'with a stable `code`. Times are UTC; lists come in pages.',
      contact: { name: 'The maintainers of fhir-omop-sync' },
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/', description: 'The server that gave this document.' }],
    tags: [
      {
        name: 'Connections',
        description: 'EHR sites: where they are, how we authenticate, what we ask for.',
      },
      { name: 'Syncs', description: 'Runs: exports that become OMOP rows.' },
      { name: 'Reconciliation', description: 'What vanished at the source, found by a full export.' },
      { name: 'Quality', description: "Checks of the CDM in the terms of OHDSI's Data Quality Dashboard." },
      { name: 'Purges', description: 'Patients who are taken out and never loaded again.' },
      { name: 'Not loaded', description: 'What is not in the CDM, and why.' },
      { name: 'Vocabulary', description: 'The loaded vocabulary: concepts, and what codes are mapped to.' },
      { name: 'Alerts', description: 'What a person should know of connections and runs.' },
      {
        name: 'Tokens',
        description: 'Credentials of programs. `x-required-role` of each operation says which role it needs.',
      },
      { name: 'Approvals', description: 'What waits for a second person, where one is required.' },
      { name: 'Operation', description: 'Calls for the machinery around the server.' },
      {
        name: 'Local codes',
        description: 'Maps of local codes to Standard concepts, and the codes that have none yet.',
      },
      { name: 'Record', description: 'Who did what, and whether somebody has changed that.' },
      { name: 'Health', description: 'For load balancers and supervisors.' },
    ],
    security: [{ bearer: [] }],
  });
  return withRoles(document);
}

type Document = ReturnType<OpenAPIHono<AppEnv>['getOpenAPI31Document']>;

/** Says of each operation which role it needs. */
function withRoles(document: Document): Document {
  const operations = Object.values(document.paths ?? {}).flatMap((path) =>
    [path.get, path.put, path.post, path.delete, path.patch].filter((one) => one !== undefined),
  );
  for (const operation of operations) {
    const permission = PERMISSIONS.get(operation.operationId ?? '');
    if (permission) operation['x-required-role'] = permission.role;
  }
  return document;
}
