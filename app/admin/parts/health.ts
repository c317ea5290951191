/** The health of a connection in words, why, and what to do. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import type { Html } from '../../auth/page.ts';
import { runPath } from './run.ts';
import { state } from './state.ts';
import { short } from './text.ts';

type Connection = Schemas['Dashboard']['connections'][number];

export const healthOf = (health: string): Html => state(health);

/** At most so many reasons, each with what to do where that can be told. */
export function todoOf(
  { reasons, connection_id }: Pick<Connection, 'reasons' | 'connection_id'>,
  most: number,
): Html {
  return html`${reasons
    .slice(0, most)
    .map(
      ({ message, todo, run_id }) =>
        html`<p>${short(message, 400)}${todo === null ? '' : html` <strong>To do:</strong> ${short(todo, 400)}`}${
          run_id === null ? '' : html` <a href="${runPath({ connection_id, run_id })}">run ${run_id}</a>`
        }</p>`,
    )}`;
}
