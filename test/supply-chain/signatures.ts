/**
 * `npm run signatures`: whether the registry has signed what is installed. A signature that is wrong or missing fails;
 * a registry that signs nothing, or a network that is not there, is told and fails nothing.
 */
import { spawnSync } from 'node:child_process';

const LONGEST_MS = 60_000;

export type Verdict = 'signed' | 'wrong' | 'not checked';

/** From the words of `npm audit signatures`, which has one exit code for all that went wrong. */
export function verdictOf(status: number | null, said: string): Verdict {
  if (status === 0) return 'signed';
  return /invalid registry signature|missing registry signature|invalid attestation|EINTEGRITY|EATTESTATION\w*/i.test(
    said,
  )
    ? 'wrong'
    : 'not checked';
}

if (import.meta.main) {
  const words = ['audit', 'signatures', '--fetch-retries=0', '--fetch-timeout=10000', '--loglevel=error'];
  const { status, stdout, stderr } = spawnSync('npm', words, { encoding: 'utf8', timeout: LONGEST_MS });
  const verdict = verdictOf(status, `${stdout}\n${stderr}`);
  if (verdict === 'wrong') console.error(stdout, stderr);
  const reason = /npm error (?:code|network) .+/.exec(stderr ?? '')?.[0] ?? 'no answer in time';
  console.log(`Signatures of the registry: ${verdict}${verdict === 'not checked' ? ` (${reason})` : ''}.`);
  if (verdict === 'wrong') process.exitCode = 1;
}
