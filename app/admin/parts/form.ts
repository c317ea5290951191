/** Forms: fields with a label, help and their fault; buttons that do one thing. */
import { html } from 'hono/html';
import type { Html } from '../../auth/page.ts';
import type { Visit } from '../visit.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly value?: string | undefined;
  readonly help?: string | Html | undefined;
  readonly error?: string | undefined;
  readonly type?: 'text' | 'url' | 'number' | 'password' | 'search' | 'date' | undefined;
  readonly required?: boolean | undefined;
  readonly placeholder?: string | undefined;
}

/** What an input is described by: its help, and its fault where it has one. */
function described({ name, help, error }: Pick<Field, 'name' | 'help' | 'error'>) {
  const ids = [help === undefined ? '' : `${name}-help`, error === undefined ? '' : `${name}-error`].filter(
    Boolean,
  );
  const by = ids.length > 0 ? html` aria-describedby="${ids.join(' ')}"` : '';
  return html`${by}${error === undefined ? '' : html` aria-invalid="true"`}`;
}

function around(field: Pick<Field, 'name' | 'label' | 'help' | 'error' | 'required'>, input: Html): Html {
  const { name, label, help, error, required } = field;
  return html`<div class="field">
<label for="${name}">${label}${required ? html` <span class="quiet">(required)</span>` : ''}</label>
${help === undefined ? '' : html`<p class="help" id="${name}-help">${help}</p>`}
${input}
${error === undefined ? '' : html`<p class="fault" id="${name}-error">✕ ${error}</p>`}
</div>`;
}

export function input(field: Field): Html {
  const { name, value = '', type = 'text', required, placeholder } = field;
  return around(
    field,
    html`<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="off"${
      required ? html` required` : ''
    }${placeholder === undefined ? '' : html` placeholder="${placeholder}"`}${described(field)} />`,
  );
}

export function area(field: Field & { readonly rows?: number }): Html {
  const { name, value = '', rows = 4 } = field;
  return around(
    field,
    html`<textarea id="${name}" name="${name}" rows="${rows}" spellcheck="false"${described(field)}>
${value}</textarea>`,
  );
}

export type Options = readonly (readonly [value: string, label: string])[];

export function select(field: Field & { readonly options: Options }): Html {
  const { name, value = '', options } = field;
  return around(
    field,
    html`<select id="${name}" name="${name}"${described(field)}>${options.map(
      ([of, label]) => html`<option value="${of}"${of === value ? html` selected` : ''}>${label}</option>`,
    )}</select>`,
  );
}

export function radios(
  field: Field & { readonly options: readonly (readonly [string, string, string?])[] },
): Html {
  const { name, label, value, options, error } = field;
  return html`<fieldset class="field"><legend>${label}</legend>
${options.map(
  ([of, text, help]) =>
    html`<label class="choice"><input type="radio" name="${name}" value="${of}"${
      of === value ? html` checked` : ''
    } /><span>${text}${help === undefined ? '' : html`<span class="help">${help}</span>`}</span></label>`,
)}
${error === undefined ? '' : html`<p class="fault">✕ ${error}</p>`}</fieldset>`;
}

export function checkbox({
  name,
  label,
  checked,
  help,
}: {
  name: string;
  label: string;
  checked: boolean;
  help?: string;
}): Html {
  return html`<div class="field"><label class="choice"><input type="checkbox" name="${name}" value="yes"${
    checked ? html` checked` : ''
  } /><span>${label}${help === undefined ? '' : html`<span class="help">${help}</span>`}</span></label></div>`;
}

/** Boxes of one name, any of which may be ticked. */
export function choices(
  field: Pick<Field, 'name' | 'label' | 'help'> & {
    readonly options: Options;
    readonly chosen: readonly string[];
  },
): Html {
  const { name, label, help, options, chosen } = field;
  return html`<fieldset class="field"${help === undefined ? '' : html` aria-describedby="${name}-help"`}><legend>${label}</legend>
${help === undefined ? '' : html`<p class="help" id="${name}-help">${help}</p>`}
${options.map(
  ([value, text]) =>
    html`<label class="choice"><input type="checkbox" name="${name}" value="${value}"${
      chosen.includes(value) ? html` checked` : ''
    } /><span>${text}</span></label>`,
)}</fieldset>`;
}

/** The field that shows a form to be one of this session's pages. */
export const csrfField = ({ csrf }: Visit): Html => html`<input type="hidden" name="csrf" value="${csrf}" />`;

/** What Enter in a field presses, where the first button that people see does something else. */
export const forEnter = (label: string): Html =>
  html`<button class="hidden" tabindex="-1" aria-hidden="true">${label}</button>`;

export interface Button {
  readonly action: string;
  readonly label: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly look?: 'main' | 'danger' | 'plain' | undefined;
  /** What follows, for the reader of the button. */
  readonly about?: string | undefined;
}

/** A form that is a button. */
export function button(visit: Visit, { action, label, fields = {}, look, about }: Button): Html {
  return html`<form method="post" action="${action}" class="inline">${csrfField(visit)}${Object.entries(
    fields,
  ).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  )}<button${look === undefined ? '' : html` class="${look}"`}>${label}${
    about === undefined ? '' : html`<span class="hidden"> ${about}</span>`
  }</button></form>`;
}

/** A form of filters: it asks for the page again, so that the address holds them. */
export function filters(path: string, fields: readonly Html[]): Html {
  return html`<form method="get" action="${path}" class="filters">${fields}<button>Show</button> <a href="${path}">Clear</a></form>`;
}
