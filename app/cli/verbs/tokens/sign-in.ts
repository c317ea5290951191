/** `tokens sign-in`: a one-time address by which a browser signs in as admin. */
import { environment } from '../../../../sql/environment.ts';
import { withLocal } from '../../session.ts';
import { complain, say, sayJson } from '../../terminal.ts';
import { machineVerb } from '../../verb.ts';

export const signIn = machineVerb('sign-in', 'A one-time address by which a browser signs in as admin.', [
  'tokens sign-in',
]).action(async (options) => {
  const { readConfig } = await import('../../../config.ts');
  const { makeSignInCode, SIGN_IN_MINUTES, signInAddress } = await import('../../../auth/sign-in-code.ts');
  const { ownerOf } = await import('../../../../jobs/step/deps.ts');
  const config = readConfig(environment());
  await withLocal(async ({ engine: { deps } }) => {
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    const base = config.signIn.publicUrl ?? `${config.tls ? 'https' : 'http'}://${host}:${config.port}`;
    const url = signInAddress(base, await makeSignInCode(ownerOf(deps), deps.clock()));
    if (options.json) return sayJson({ url, minutes: SIGN_IN_MINUTES });
    complain(`Open this address within ${SIGN_IN_MINUTES} minutes; it works once:`);
    say(url);
  });
});
