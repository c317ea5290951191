/** Where a server departs from SMART Backend Services. */
import { z } from 'zod';
import { optional } from './optional.ts';

/** ASSERTION_ALGORITHMS of SMART App Launch 2.2 are RS384 and ES384; the others are met in the field. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384'] as const;

export const AuthSchema = z
  .strictObject({
    key_id: optional(
      z.string().min(1).max(4000),
      '`kid` of the client assertion with a key that was entered. Left out: the RFC 7638 thumbprint of the public key.',
    ),
    algorithm: optional(
      z.enum(ALGORITHMS),
      'Signature of the client assertion. Left out: what the server lists and the key can; RS384 or ES384 first.',
    ),
    audience: optional(
      z.string().min(1).max(4000),
      '`aud` of the client assertion, for servers that want another than their token endpoint: an address on its host or on that of the FHIR server, or one that the installation allows (ALLOWED_AUDIENCES).',
    ),
    token_auth: optional(
      z.enum(['private_key_jwt', 'client_secret_basic', 'client_secret_post']),
      'How the client proves itself. Left out: private_key_jwt with a private key, else client_secret_basic.',
    ),
    rotate_days: optional(
      z.int().min(30).max(3650),
      'Days after which another key takes over from one that was made here. Needs jwks_url: the EHR must read our keys. Left out: by command only.',
    ),
    overlap_days: optional(
      z.int().min(1).max(29),
      'Days that a key is published before it signs, and after it has signed.',
      7,
    ),
  })
  .meta({ id: 'SyncAuth', description: 'Departures from SMART Backend Services that a server asks for.' });
