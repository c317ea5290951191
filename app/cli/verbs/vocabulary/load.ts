/** `vocabulary load DIR|ZIP`: an Athena download becomes the new release. */

import { withApi } from '../../session.ts';
import { begun, ended, JSON_OPTION, SERVER_OPTION } from '../../verb.ts';

export const load = begun(
  'load',
  'Load a vocabulary download of athena.ohdsi.org as the new release. With --server it is one in VOCABULARY_DIR of the server, which a worker loads.',
  [
    'vocabulary load ~/Downloads/vocabulary_download_v5.zip',
    'vocabulary load athena.zip --server https://omop.example.org',
  ],
)
  .argument('<path>', 'folder or zip')
  .option(...JSON_OPTION)
  .option(...SERVER_OPTION)
  .action(async (path, options) => {
    await withApi(options, async (api, session) => {
      const { loadVocabularyFrom } = await import('../../vocabulary.ts');
      const { loadOnServer } = await import('../../vocabulary-on-server.ts');
      const json = options.json === true;
      ended(
        session.local
          ? await loadVocabularyFrom(session.local, path, { json })
          : await loadOnServer(api, path, { json }),
      );
    });
  });
