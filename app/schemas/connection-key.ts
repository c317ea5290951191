import { z } from '@hono/zod-openapi';
import { MADE_ALGORITHMS, MADE_RSA_BITS, OVERLAP_DAYS } from '../../jobs/connection/key-pairs.ts';

export const CreateConnectionKeySchema = z
  .strictObject({
    algorithm: z.enum(MADE_ALGORITHMS).default('ES384').describe('ES384: EC on P-384. RS384: RSA.'),
    bits: z
      .union([z.literal(MADE_RSA_BITS[0]), z.literal(MADE_RSA_BITS[1])])
      .optional()
      .describe('Of an RSA key. Left out: 3072.'),
  })
  .openapi('CreateConnectionKey');

export const RotateConnectionKeysSchema = z
  .strictObject({
    overlap_days: z
      .number()
      .int()
      .min(0)
      .max(90)
      .default(OVERLAP_DAYS)
      .describe('Days that the key before stays published. 0: not at all, as after a leak.'),
  })
  .openapi('RotateConnectionKeys');

const member = (text: string) => z.string().describe(text);

export const JwkSetSchema = z
  .object({
    keys: z
      .array(
        z
          .object({
            kty: z.enum(['RSA', 'EC']).describe('Kind of key.'),
            kid: member('Name of the key, as in the header of our assertions.'),
            use: z.literal('sig').describe('It checks signatures.'),
            alg: member('Algorithm of the signatures.').optional(),
            n: member('Modulus of an RSA key.').optional(),
            e: member('Exponent of an RSA key.').optional(),
            crv: member('Curve of an EC key.').optional(),
            x: member('Coordinate of an EC key.').optional(),
            y: member('Coordinate of an EC key.').optional(),
          })
          .openapi('Jwk'),
      )
      .describe('Public keys; those that sign, and those that will or did.'),
  })
  .openapi('JwkSet', { description: 'JWK Set (RFC 7517).' });

export const ConnectionKeysSchema = z
  .object({
    items: z
      .array(
        z
          .object({
            kid: member('Name of the key: RFC 7638 thumbprint of its public half.'),
            algorithm: member('Algorithm of its signatures.'),
            state: z
              .enum(['next', 'current', 'previous'])
              .describe('Published and waiting; signing; published until the EHR has forgotten it.'),
            made_at: z.iso.datetime().describe('When it was made.'),
            signs_from: z.iso
              .datetime()
              .nullable()
              .describe('Since when it signs, or signed. Null: not yet.'),
            published_until: z.iso
              .datetime()
              .nullable()
              .describe('Until when it is published. Null: no end.'),
          })
          .openapi('ConnectionKey'),
      )
      .describe('Key pairs that were made here, the next one first.'),
  })
  .openapi('ConnectionKeys');
