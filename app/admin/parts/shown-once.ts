/** A secret that was made, shown this once, with a button that copies it where there is JavaScript. */
import { html } from 'hono/html';
import type { Html } from '../../auth/page.ts';

/** `label` names it for readers of the screen; `about` is a sentence. */
export const shownOnce = (label: string, about: string, secret: string): Html =>
  html`<div class="box good" role="status"><p>${about} It is shown this once:</p><pre id="shown-once" tabindex="0" aria-label="${label}">${secret}</pre><p><button type="button" data-copy="shown-once" data-script hidden>Copy</button></p></div>`;
