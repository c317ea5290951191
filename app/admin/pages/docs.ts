/** The API reference: the OpenAPI document as a page. Nothing of it comes from elsewhere, and it needs no script. */
import { html } from 'hono/html';
import type { Html } from '../../auth/page.ts';
import { apiDocument } from '../../document.ts';
import { table } from '../parts/table.ts';
import type { Room } from '../visit.ts';

type Document = ReturnType<typeof apiDocument>;
type Node = Readonly<Record<string, unknown>>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

export function mountDocs({ show }: Room): void {
  let page: Html | undefined;
  show('/docs', 'get-dashboard', async () => {
    page ??= reference(apiDocument());
    return { title: 'API', at: '', body: page };
  });
}

const node = (value: unknown): Node => (typeof value === 'object' && value !== null ? (value as Node) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

interface Operation {
  readonly path: string;
  readonly method: string;
  readonly of: Node;
}

function reference(document: Document): Html {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods?.[method]).map(
      (method): Operation => ({ path, method, of: node(methods?.[method]) }),
    ),
  );
  const schemas = node(node(document.components)['schemas']);
  const tags = (document.tags ?? []).map(({ name, description }) => ({
    ...{ name, description },
    operations: operations.filter(({ of }) => list(of['tags']).includes(name)),
  }));
  return html`<p>${prose(document.info.description)} As a file: <a href="/openapi.json">openapi.json</a>.</p>
<nav aria-label="Kinds of operations"><ul>${tags.map(({ name, operations: all }) => html`<li><a href="#tag-${anchor(name)}">${name}</a> <span class="quiet">${all.length}</span></li>`)}</ul></nav>
${tags.map(({ name, description, operations: all }) => html`<h2 id="tag-${anchor(name)}">${name}</h2><p>${prose(description)}</p>${all.map((one) => operation(one))}`)}
<h2 id="schemas">Schemas</h2>${Object.entries(schemas).map(([name, schema]) => html`<details id="schema-${name}"><summary><code>${name}</code></summary>${schemaTable(name, node(schema))}</details>`)}`;
}

/** What stands between backticks is code. */
const prose = (value: unknown): Html =>
  html`${text(value)
    .split('`')
    .map((part, n) => (n % 2 === 1 ? html`<code>${part}</code>` : part))}`;

const anchor = (name: string) => name.toLowerCase().replaceAll(' ', '-');

function operation({ path, method, of }: Operation): Html {
  const id = text(of['operationId']);
  const parameters = list(of['parameters']).map(node);
  const [body] = Object.values(node(node(of['requestBody'])['content'])).map(node);
  return html`<details id="${id}"><summary><code>${method.toUpperCase()} ${path}</code> ${text(of['summary'])}</summary>
<p>${prose(of['description'])}</p><p class="quiet">Operation <code>${id}</code>${text(of['x-required-role']) === '' ? '' : html`, role ${text(of['x-required-role'])}`}</p>
${
  parameters.length === 0
    ? ''
    : table({
        ...{ caption: `Parameters of ${id}`, rows: parameters, empty: '' },
        columns: [
          {
            head: 'Parameter',
            names: true,
            cell: (one) =>
              html`<code>${text(one['name'])}</code>${one['required'] === true ? ' (required)' : ''}`,
          },
          { head: 'In', cell: (one) => text(one['in']) },
          { head: 'Type', cell: (one) => typeOf(node(one['schema'])) },
          { head: 'What', cell: (one) => text(one['description']) },
        ],
      })
}
${body === undefined ? '' : html`<p>Body: ${typeOf(node(body['schema']))}</p>`}
${table({
  ...{ caption: `Answers of ${id}`, rows: Object.entries(node(of['responses'])), empty: '' },
  columns: [
    { head: 'Status', names: true, cell: ([status]) => status },
    { head: 'What', cell: ([, answer]) => text(node(answer)['description']) },
    {
      head: 'Body',
      cell: ([, answer]) =>
        Object.values(node(node(answer)['content']))
          .map((content) => typeOf(node(node(content)['schema'])))
          .at(0) ?? '',
    },
  ],
})}</details>`;
}

function schemaTable(name: string, schema: Node): Html {
  const required = list(schema['required']);
  const rows = Object.entries(node(schema['properties']));
  return html`<p>${text(schema['description'])}</p>${table({
    ...{ caption: `Members of ${name}`, rows, empty: typeOf(schema) },
    columns: [
      {
        head: 'Member',
        names: true,
        cell: ([member]) => html`<code>${member}</code>${required.includes(member) ? '' : ' (optional)'}`,
      },
      { head: 'Type', cell: ([, of]) => typeOf(node(of)) },
      { head: 'What', cell: ([, of]) => text(node(of)['description']) },
    ],
  })}`;
}

/** A type in a few words; named schemas lead to their own entry. */
function typeOf(schema: Node, depth = 0): Html | string {
  const name = text(schema['$ref']).split('/').at(-1) ?? '';
  if (name !== '') return html`<a href="#schema-${name}">${name}</a>`;
  const choices = [...list(schema['anyOf']), ...list(schema['oneOf']), ...list(schema['allOf'])];
  if (choices.length > 0 && depth < 3) {
    return html`${choices.map((one, index) => html`${index === 0 ? '' : ' or '}${typeOf(node(one), depth + 1)}`)}`;
  }
  const values = list(schema['enum']);
  if (values.length > 0)
    return html`${values.map((value, index) => html`${index === 0 ? '' : ', '}<code>${String(value)}</code>`)}`;
  const types = list(schema['type']).length > 0 ? list(schema['type']) : [schema['type']];
  if (types.includes('array')) return html`list of ${typeOf(node(schema['items']), depth + 1)}`;
  return types.filter((one) => typeof one === 'string').join(' or ') || 'anything';
}
