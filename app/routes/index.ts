/** The table of contents of the API. */
import type { App } from '../app-env.ts';
import * as cancelSyncRun from './cancel-sync-run.ts';
import * as createFhirConnection from './create-fhir-connection.ts';
import * as deleteFhirConnection from './delete-fhir-connection.ts';
import * as getConcept from './get-concept.ts';
import * as getDashboard from './get-dashboard.ts';
import * as getFhirConnection from './get-fhir-connection.ts';
import * as getSyncRun from './get-sync-run.ts';
import * as getVocabularyRelease from './get-vocabulary-release.ts';
import * as healthz from './healthz.ts';
import * as internalTick from './internal-tick.ts';
import * as listFhirConnections from './list-fhir-connections.ts';
import * as listSyncRuns from './list-sync-runs.ts';
import * as readyz from './readyz.ts';
import * as retrySyncRun from './retry-sync-run.ts';
import * as sourceToStandard from './source-to-standard.ts';
import * as sourceToStandardBatch from './source-to-standard-batch.ts';
import * as startSync from './start-sync.ts';
import * as testFhirConnection from './test-fhir-connection.ts';
import * as updateFhirConnection from './update-fhir-connection.ts';

export function mountRoutes(app: App): void {
  app.openapi(listFhirConnections.route, listFhirConnections.handler);
  app.openapi(createFhirConnection.route, createFhirConnection.handler);
  app.openapi(getFhirConnection.route, getFhirConnection.handler);
  app.openapi(updateFhirConnection.route, updateFhirConnection.handler);
  app.openapi(deleteFhirConnection.route, deleteFhirConnection.handler);
  app.openapi(testFhirConnection.route, testFhirConnection.handler);
  app.openapi(startSync.route, startSync.handler);
  app.openapi(listSyncRuns.route, listSyncRuns.handler);
  app.openapi(getSyncRun.route, getSyncRun.handler);
  app.openapi(cancelSyncRun.route, cancelSyncRun.handler);
  app.openapi(retrySyncRun.route, retrySyncRun.handler);
  app.openapi(getDashboard.route, getDashboard.handler);
  app.openapi(sourceToStandard.route, sourceToStandard.handler);
  app.openapi(sourceToStandardBatch.route, sourceToStandardBatch.handler);
  app.openapi(getConcept.route, getConcept.handler);
  app.openapi(getVocabularyRelease.route, getVocabularyRelease.handler);
  app.openapi(internalTick.route, internalTick.handler);
  app.openapi(healthz.route, healthz.handler);
  app.openapi(readyz.route, readyz.handler);
}
