/** The header of operations that start something: a request that is repeated with it starts nothing a second time. */
import { z } from '@hono/zod-openapi';
import type { ProblemCode } from '../problems.ts';

export const IDEMPOTENCY_KEY = 'idempotency-key';

export const IdempotencyHeader = z.object({
  [IDEMPOTENCY_KEY]: z
    .string()
    .regex(/^[\x21-\x7e]{8,255}$/, 'Expected 8 to 255 characters of ASCII without spaces, such as a UUID.')
    .optional()
    .openapi({
      param: { name: IDEMPOTENCY_KEY, in: 'header' },
      description:
        'Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 ' +
        'hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits ' +
        'for a second person is given again only while it does.',
      example: '0b6a1f0e-6a54-4b0b-9d1e-2f6c3a7c7c11',
    }),
});

/** What an operation that takes the header answers because of it. */
export const IDEMPOTENCY_ERRORS = [
  'idempotency-key-reused',
  'idempotency-key-busy',
  'idempotency-answer-lost',
] as const satisfies readonly ProblemCode[];
