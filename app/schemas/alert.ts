/** An alert as the API returns it. */
import { z } from '@hono/zod-openapi';
import { ALERT_KINDS, INSTALLATION_ALERT_KINDS } from '../../jobs/connection/settings/alerts.ts';

export const ALERT_STATES = ['open', 'acknowledged', 'resolved'] as const;

const when = (description: string) => z.iso.datetime().nullable().describe(description);

export const AlertSchema = z
  .object({
    alert_id: z.number().int().describe('Number of the alert.'),
    connection_id: z
      .number()
      .int()
      .nullable()
      .describe('Connection that it is about; null: the installation.'),
    site_key: z.string().nullable().describe("The connection's site_key."),
    run_id: z.number().int().nullable().describe('Run in which it was found last.'),
    kind: z.enum([...ALERT_KINDS, ...INSTALLATION_ALERT_KINDS]).describe('What sort of thing happened.'),
    subject: z
      .string()
      .describe('Code system, type/<resource type>, table/<CDM table> or error code; empty for the whole.'),
    message: z.string().describe('What was found, for people.'),
    measured: z
      .number()
      .nullable()
      .describe('Percent, resources, rows, seconds or hours, as the kind has it.'),
    expected: z.number().nullable().describe('What the last runs had: their median.'),
    times: z.number().int().describe('How often it was found since it was raised.'),
    state: z.enum(ALERT_STATES).describe('open, acknowledged by a person, or over.'),
    raised_at: z.iso.datetime().describe('When it was found first.'),
    last_at: z.iso.datetime().describe('When it was found last.'),
    acknowledged_at: when('When a person had seen it.'),
    acknowledged_by: z.string().nullable().describe('Who that was.'),
    resolved_at: when('When it was over.'),
    delivered_at: when('When the webhook took it; null without a webhook.'),
    delivery_error: z.string().nullable().describe('Code of the last failure to deliver it.'),
  })
  .openapi('Alert');

export type Alert = z.infer<typeof AlertSchema>;
