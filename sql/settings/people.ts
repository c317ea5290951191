/** How people sign in, which tokens programs may bring, and what needs a second person. */
import { setting, text, whole } from './setting.ts';

const group = 'People';
const optional = text.optional();

/** What may wait for a second person. */
export const NEEDS = ['purge', 'confirm', 'endpoint'] as const;

const EXPECTED_HOURS = 'expected whole hours, from 1 to 999';

export const SIGN_IN = {
  OIDC_ISSUER: setting(
    {
      group,
      description:
        'The identity provider, as it calls itself ([people](../../app/auth/README.md#people)); its addresses and keys are discovered.',
    },
    optional,
  ),
  OIDC_CLIENT_ID: setting({ group, description: 'Our registration there, for people.' }, optional),
  OIDC_CLIENT_SECRET: setting(
    { group, secret: true, description: 'Its secret; left out for a public client.' },
    optional,
  ),
  OIDC_SCOPE: setting(
    {
      group,
      default: 'openid profile email',
      description: 'What is asked for; some providers give roles for a scope of their own.',
    },
    optional,
  ),
  OIDC_AUDIENCE: setting(
    {
      group,
      description:
        "`aud` of [programs' access tokens](../../app/auth/README.md#access-tokens); without it none is accepted.",
    },
    optional,
  ),
  OIDC_ROLE_CLAIM: setting(
    {
      group,
      default: 'roles',
      description: 'Claim with roles or groups; `realm_access.roles` is the claim `roles` in `realm_access`.',
    },
    optional,
  ),
  OIDC_ROLE_MAP: setting(
    {
      group,
      example: 'omop-admins=admin,omop-readers=viewer',
      description:
        '`VALUE=ROLE,…`, or JSON `{"VALUE":"ROLE"}` where values hold commas. The highest role counts. Who has none is not let in.',
    },
    optional,
  ),
  OIDC_CONNECTIONS_CLAIM: setting(
    {
      group,
      description:
        'Claim with the site keys of the connections that somebody may see (`*`: all; without the claim: none). Unset, everybody sees all.',
    },
    optional,
  ),
  SESSION_IDLE_MINUTES: setting(
    { group, default: '30', description: 'A session ends when nothing was asked for so long.' },
    whole(1, 1440, 'expected whole minutes from 1 to 1440').default(30),
  ),
  SESSION_MAX_HOURS: setting(
    { group, default: '12', description: 'A session ends so long after the sign-in.' },
    whole(1, 168, 'expected whole hours from 1 to 168').default(12),
  ),
};

export const SECOND_PERSON = {
  REQUIRE_SECOND_PERSON: setting(
    {
      group,
      example: 'purge,confirm,endpoint',
      description: 'What waits until [a second person](../../app/auth/README.md#second-person) approves it.',
    },
    text
      .default('')
      .transform((given) => given.split(/[\s,]+/).filter((word) => word !== ''))
      .refine(
        (words) => words.every((word) => NEEDS.some((need) => need === word)),
        `expected some of ${NEEDS.join(', ')}, with commas`,
      ),
  ),
  SECOND_PERSON_HOURS: setting(
    { group, default: '24', description: 'A request that nobody approves in that time is closed.' },
    whole(1, 999, EXPECTED_HOURS).default(24),
  ),
};
