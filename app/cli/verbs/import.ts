/** `import PATH…`: files on this machine through the same steps as an export. */
import { withLocal } from '../session.ts';
import { ended, machineVerb } from '../verb.ts';

export const importFiles = machineVerb(
  'import',
  'Load folders and files as an export: NDJSON, Bundles and resources in .json, .gz and .zst of these, .zip and .tar.gz.',
  [
    'import ~/synthea/output/fhir --site synthea',
    'import export-2026-11.zip more/ --site memorial',
    'import data/ --site second --new',
  ],
)
  .argument('<path...>', 'folders and files')
  .requiredOption('--site <site>', 'site key of the connection that they are of')
  .option('--new', 'a further site of this key')
  .action((paths, options) =>
    withLocal(
      async (local) => {
        const { importPaths } = await import('../import.ts');
        const { site, json, new: isNew } = options;
        ended(await importPaths(local, { paths, site, isNew: isNew === true, json: json === true }));
      },
      { withWorkers: true },
    ),
  );
