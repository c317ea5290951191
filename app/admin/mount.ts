/** The table of contents of the pages. To add one: a file in pages/, a line here, an entry in menu.ts. */
import type { App } from '../app-env.ts';
import { mountAlerts } from './pages/alerts.ts';
import { mountApprovals } from './pages/approvals.ts';
import { mountAudit } from './pages/audit.ts';
import { mountCodes } from './pages/codes.ts';
import { mountConnection } from './pages/connection.ts';
import { mountConnectionForms } from './pages/connection-forms.ts';
import { mountConnections } from './pages/connections.ts';
import { mountCoverage } from './pages/coverage.ts';
import { mountDocs } from './pages/docs.ts';
import { mountGroups } from './pages/groups.ts';
import { mountKeys } from './pages/keys.ts';
import { mountLineage } from './pages/lineage.ts';
import { mountMaps } from './pages/maps.ts';
import { mountNotLoaded } from './pages/not-loaded.ts';
import { mountOverview } from './pages/overview.ts';
import { mountPurges } from './pages/purges.ts';
import { mountQuality } from './pages/quality.ts';
import { mountReconciliations } from './pages/reconciliations.ts';
import { mountReviewCodes } from './pages/review-codes.ts';
import { mountRun } from './pages/run.ts';
import { mountRuns } from './pages/runs.ts';
import { mountThresholds } from './pages/thresholds.ts';
import { mountTokens } from './pages/tokens.ts';
import { mountVocabulary } from './pages/vocabulary.ts';
import { mountWebhook } from './pages/webhook.ts';
import { mountWebhooks } from './pages/webhooks.ts';
import { Refused } from './refused.ts';
import { openRoom } from './room.ts';
import { mountStatic } from './static.ts';
import type { Room } from './visit.ts';

const PAGES: readonly ((room: Room) => void)[] = [
  ...[mountOverview, mountCoverage, mountConnections, mountConnectionForms, mountConnection, mountKeys],
  ...[
    mountRuns,
    mountRun,
    mountNotLoaded,
    mountReviewCodes,
    mountCodes,
    mountMaps,
    mountVocabulary,
    mountLineage,
  ],
  ...[
    mountQuality,
    mountThresholds,
    mountAlerts,
    mountWebhooks,
    mountWebhook,
    mountApprovals,
    mountGroups,
    mountReconciliations,
    mountPurges,
    mountTokens,
    mountAudit,
    mountDocs,
  ],
];

/** To be mounted before what expects the API's content types. */
export function mountPages(app: App): void {
  mountStatic(app);
  app.get('/', (c) => c.redirect('/admin', 302));
  const room = openRoom(app);
  for (const mount of PAGES) mount(room);
  room.show('/admin/*', 'get-dashboard', async ({ c }) => {
    const { pathname, search } = new URL(c.req.url);
    if (pathname.endsWith('/')) return c.redirect(`${pathname.slice(0, -1)}${search}`, 302);
    throw new Refused(
      404,
      'No such page',
      'Expected an address of the menu; forms are sent, and not opened.',
    );
  });
}
