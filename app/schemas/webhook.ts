/** Receivers of events, and what was sent to them. */
import { z } from '@hono/zod-openapi';
import { EVENTS } from '../../jobs/alerts/webhooks/format.ts';
import { networkFault } from '../../jobs/outbound/networks.ts';
import { id, MOST_INTEGER } from './whole.ts';

const name = z.string().trim().min(1).max(200).describe('What it is for.');
const events = z
  .array(z.enum(EVENTS))
  .max(EVENTS.length)
  .describe('Types of events that it gets. Empty: all, also those that later versions have.');
const connections = z
  .array(z.number().int().min(1).max(MOST_INTEGER))
  .min(1)
  .max(1000)
  .nullable()
  .describe('Connections whose events it gets. Null: all, and those of the installation.');
const allowed_networks = z
  .array(
    z.string().superRefine((text, context) => {
      const fault = networkFault(text);
      if (fault) context.addIssue({ code: 'custom', message: fault });
    }),
  )
  .max(50)
  .describe('Addresses and networks besides public ones that it may be at, such as "10.1.0.0/16".');
const is_active = z.boolean().describe('Whether it gets events. An answer 410 switches it off.');
const url = z
  .url({ protocol: /^https?$/ })
  .max(4000)
  .describe('Where events are posted: https, or http on this machine. Write-only, stored encrypted.')
  .openapi({ writeOnly: true });

export const WebhookSchema = z
  .object({
    ...{ webhook_id: z.number().int().describe('Number of the receiver.'), name },
    host: z.string().describe('Host of its address. The rest is not shown: at some services it is a secret.'),
    ...{ events, connections, allowed_networks, is_active },
    created_at: z.iso.datetime().describe('When it was made.'),
    created_by: z.string().describe('Who made it.'),
  })
  .openapi('Webhook');

export const CreatedWebhookSchema = WebhookSchema.extend({
  secret: z
    .string()
    .describe(
      'With which events are signed, as verifiers of Standard Webhooks take it. It is shown this once.',
    ),
}).openapi('CreatedWebhook');

export const CreateWebhookSchema = z
  .strictObject({
    ...{ name, url, events: events.default([]), connections: connections.default(null) },
    ...{ allowed_networks: allowed_networks.default([]), is_active: is_active.default(true) },
  })
  .openapi('CreateWebhook');

export const UpdateWebhookSchema = z
  .strictObject({
    ...z.object({ name, url, events, connections, allowed_networks, is_active }).partial().shape,
  })
  .openapi('UpdateWebhook', { description: 'Fields that are given are replaced; others stay.' });

export const DeliverySchema = z
  .object({
    delivery_id: z.number().int().describe('Number of the delivery.'),
    event_id: z.string().describe('Header webhook-id, the same for each try.'),
    type: z.string().describe('Type of the event.'),
    created_at: z.iso.datetime().describe('When it happened.'),
    attempts: z.number().int().describe('Tries so far.'),
    last_at: z.iso.datetime().nullable().describe('When it was tried last.'),
    status: z.number().int().nullable().describe('HTTP status of the last answer; null: there was none.'),
    error: z.string().nullable().describe('Code of what the last try failed for.'),
    delivered_at: z.iso.datetime().nullable().describe('When the receiver took it; null: not yet, or never.'),
  })
  .openapi('WebhookDelivery');

export const WebhookParams = z.object({ wid: id('wid', 'webhook_id', MOST_INTEGER) });

export type Webhook = z.infer<typeof WebhookSchema>;
export type Delivery = z.infer<typeof DeliverySchema>;
