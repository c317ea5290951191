/** `connections set SITE`: changes what options name, and leaves the rest. */
import { changeConnection } from '../../change-connection.ts';
import { connectionOf } from '../../connection-of.ts';
import { givenTo, settingsFrom, withSettings } from '../../connection-settings.ts';
import { NotUnderstood } from '../../not-understood.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { PROGRAM, verb } from '../../verb.ts';

export const set = withSettings(
  verb('set', 'Change a connection: what is not named stays.', [
    'connections set memorial --types Patient,Encounter --config limits.parallel_downloads=4',
    'connections set memorial --no-active',
    'connections set memorial --private-key-file ehr-key.pem',
    'connections set memorial --config schedule=null --unset group_id',
  ]).argument('<site>', 'site key of the connection'),
).action((site, options, command) =>
  withApi(options, async (api) => {
    const { connection_id: id } = await connectionOf(api, site);
    const settings = settingsFrom(givenTo(command));
    let fields: string[] = [];
    const changed = await changeConnection(api, id, ({ sync_config }) => {
      const body = settings(sync_config);
      fields = Object.keys(body);
      return body;
    });
    if (fields.length === 0) throw new NotUnderstood('connections set: nothing was named that is to change.');
    if (options.json) return sayJson(changed);
    say(`"${site}": ${fields.join(', ')} changed.`);
    if (changed.credentials_cleared.length > 0)
      say(
        `Its credentials were cleared (${changed.credentials_cleared.join(', ')}): enter them again, or ${PROGRAM} keys create --connection ${site}`,
      );
  }),
);
