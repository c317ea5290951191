/** `connections add SITE`: a new connection from options. */
import { must } from '../../../../openapi/client/index.ts';
import { givenTo, settingsFrom, withSettings } from '../../connection-settings.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { PROGRAM, verb } from '../../verb.ts';

export const add = withSettings(
  verb('add', 'A new connection; secrets come from files, never from the command.', [
    'connections add memorial --name "Memorial Hospital" --vendor epic --url https://fhir.memorial.example/api/FHIR/R4 --client-id 1111-2222 --group eAbC123 --types Patient,Encounter,Condition',
    'connections add ward --url https://fhir.ward.example/r4 --client-id sync --client-secret-file ward.secret --config "schedule.cron=30 2 * * *"',
  ]).argument('<site>', 'site key: lower case, unique'),
).action((site, options, command) =>
  withApi(options, async (api) => {
    const body = { site_name: site, ...settingsFrom(givenTo(command))(), site_key: site };
    const made = must(await api.POST('/api/v1/admin/fhir-connections', { body }));
    if (options.json) return sayJson(made);
    say(`Connection "${site}" is there.`);
    if (!made.has_private_key && !made.has_client_secret && made.fhir_base_url)
      say(`It has no credentials yet. A key made here: ${PROGRAM} keys create --connection ${site}`);
    if (made.fhir_base_url) say(`Does it work? ${PROGRAM} connections test ${site}`);
    else
      say(
        `It has no server, so it is fed with files: ${PROGRAM} import PATH --site ${site}\nTo sync with a server: ${PROGRAM} connections set ${site} --url URL --client-id ID`,
      );
  }),
);
