/** Numbers, times and texts as pages show them. Texts of servers are bounded here and escaped by `html`. */
import { html } from 'hono/html';

const NUMBER = new Intl.NumberFormat('en-US');

export const count = (value: number): string => NUMBER.format(value);

export const percent = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} %`);

/** At most so many characters; what was cut is told. */
export function short(text: string, longest = 300): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest).join('')}…`;
}

/** A long name of parts, which may be broken behind each. */
export function breakable(name: string) {
  return html`${name.split(/(?<=[._])/).map((part, n) => html`${n > 0 ? html`<wbr />` : ''}${part}`)}`;
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${(value / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${seconds < 10 ? seconds.toFixed(1) : whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 172_800) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** A time, with how long ago that was, or in how long it will be. */
export function when(time: string | null, now: Date) {
  if (time === null) return html`<span class="quiet">never</span>`;
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return html`${short(time, 60)}`;
  return html`<time datetime="${at.toISOString()}">${stamp(at)}</time> <span class="quiet">${distance(at, now)}</span>`;
}

/** The time alone, for narrow columns. */
export function stampOf(time: string | null) {
  if (time === null) return html`<span class="quiet">–</span>`;
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return html`${short(time, 60)}`;
  return html`<time datetime="${at.toISOString()}">${stamp(at)}</time>`;
}

const stamp = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function distance(at: Date, now: Date): string {
  const seconds = (now.getTime() - at.getTime()) / 1000;
  if (Math.abs(seconds) < 5) return 'now';
  const text = coarse(Math.abs(seconds));
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

function coarse(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
