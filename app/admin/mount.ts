/** The table of contents of the pages. To add one: a file in pages/, a line here, an entry in menu.ts. */
import type { App } from '../app-env.ts';
import { mountAlerts } from './pages/alerts.ts';
import { mountConnection } from './pages/connection.ts';
import { mountConnectionForms } from './pages/connection-forms.ts';
import { mountConnections } from './pages/connections.ts';
import { mountKeys } from './pages/keys.ts';
import { mountOverview } from './pages/overview.ts';
import { mountRun } from './pages/run.ts';
import { mountRuns } from './pages/runs.ts';
import { mountStatic } from './static.ts';
import { openRoom } from './visit.ts';

/** To be mounted before what expects the API's content types. */
export function mountPages(app: App): void {
  mountStatic(app);
  app.get('/', (c) => c.redirect('/admin', 302));
  const room = openRoom(app);
  mountOverview(room);
  mountConnections(room);
  mountConnectionForms(room);
  mountConnection(room);
  mountKeys(room);
  mountRuns(room);
  mountRun(room);
  mountAlerts(room);
}
