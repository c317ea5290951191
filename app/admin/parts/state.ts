/** States in words with a sign before them, so that colour alone says nothing. */
import { html } from 'hono/html';
import type { Html } from '../../auth/page.ts';

type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'idle';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✕', warn: '!', busy: '◔', idle: '–' };

const TONES: Readonly<Record<string, Tone>> = {
  ...{
    healthy: 'good',
    degraded: 'warn',
    'never-synced': 'idle',
    silent: 'bad',
    failing: 'bad',
    paused: 'warn',
  },
  ...{ pending: 'busy', exporting: 'busy', downloading: 'busy', processing: 'busy' },
  ...{
    completed: 'good',
    failed: 'bad',
    cancelled: 'idle',
    done: 'good',
    queued: 'busy',
    running: 'busy',
    loaded: 'good',
  },
  ...{
    ok: 'good',
    warning: 'warn',
    skipped: 'idle',
    open: 'bad',
    acknowledged: 'warn',
    resolved: 'good',
    refused: 'bad',
  },
  ...{
    'to-confirm': 'warn',
    confirmed: 'good',
    'nothing-vanished': 'good',
    obstructed: 'bad',
    outdated: 'idle',
  },
  ...{
    requested: 'busy',
    lifted: 'idle',
    passed: 'good',
    'in-force': 'good',
    'not-yet': 'idle',
    ended: 'idle',
  },
  ...{
    'target-lost': 'bad',
    next: 'busy',
    current: 'good',
    previous: 'idle',
    revoked: 'bad',
    expired: 'idle',
    approved: 'good',
    active: 'good',
    inactive: 'idle',
    delivered: 'good',
    waiting: 'busy',
  },
};

/** `word` is one of the states above; others are shown without a judgement. */
export function state(word: string, shown = word.replaceAll('-', ' ')): Html {
  const tone = TONES[word] ?? 'idle';
  return html`<span class="state ${tone}"><span class="sign" aria-hidden="true">${SIGNS[tone]}</span>${shown}</span>`;
}
