/** What app/deploy ships is compared with the program that it starts, and read by the tools of its kind where they are. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { CLI, PROCESSES } from '../../app/package/processes.ts';
import about from '../../package.json' with { type: 'json' };
import { SECRETS, SETTINGS } from '../../sql/settings/schema.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DEPLOY = join(ROOT, 'app', 'deploy');
const read = (name: string) => readFileSync(join(DEPLOY, name), 'utf8');
const isThere = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

/** As package.json starts them; the modules that it keeps compiled are for starts by hand. */
const API = 'node app/main.ts';
const WORKER = about.scripts.work.replace(/^.*exec /, '');
const MIGRATE = about.scripts.migrate.replace(/^.*exec /, '');

// biome-ignore lint/suspicious/noExplicitAny: documents are compared with what is expected, not computed with.
type Doc = any;
const compose: Doc = parse(read('compose.yaml'), { merge: true });
const kubernetes: Doc[] = ['migrate', 'api', 'worker'].flatMap((name) =>
  parseAllDocuments(read(`kubernetes/${name}.yaml`)).map((document) => document.toJS()),
);
const workloads = kubernetes.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');

describe('the image', () => {
  const dockerfile = read('Dockerfile');

  it('has the Node that the program is pinned to, and the programs that it starts', () => {
    const versions = [...dockerfile.matchAll(/^FROM node:([\d.]+)-/gm)].map(([, version]) => version);
    expect(versions).toEqual([about.dependencies.node, about.dependencies.node]);
    expect(JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '')).toEqual(API.split(' '));
    expect(dockerfile).toContain(WORKER);
    expect(dockerfile).toContain(MIGRATE);
  });

  it('runs as nobody in particular, and has a health check', () => {
    expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  });

  it('is given the folders that programs import from, and nothing else', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    const allowed = read('Dockerfile.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect([...new Set(copied)].sort()).toEqual(allowed.sort());
  });
});

describe('the compose file', () => {
  it('starts what package.json starts, tables first', () => {
    expect(compose.services.worker.command.join(' ')).toBe(WORKER);
    expect(compose.services.migrate.command.join(' ')).toBe(MIGRATE);
    for (const name of ['api', 'worker']) {
      expect(compose.services[name].depends_on.migrate.condition).toBe('service_completed_successfully');
    }
  });

  it('has no secret in it, names its sslmode, and opens no port to others', () => {
    const text = read('compose.yaml');
    for (const [, value] of text.matchAll(/(?:PASSWORD|TOKEN|_KEY): (.+)/g))
      expect(value).toMatch(/^\$\{[A-Z_]+:\?\}$/);
    expect(compose.services.api.environment.DATABASE_URL).toContain('sslmode=');
    expect(compose.services.api.ports).toEqual(['127.0.0.1:8080:8080']);
    for (const name of ['api', 'worker', 'migrate']) expect(compose.services[name].read_only).toBe(true);
  });
});

describe('the manifests for Kubernetes', () => {
  it('run as no root on a root that is only read, and are given the time that a stop takes', () => {
    expect(workloads.map(({ metadata }) => metadata.name).sort()).toEqual(['api', 'migrate', 'worker']);
    for (const { spec } of workloads) {
      const pod = spec.template.spec;
      expect(pod.securityContext.runAsNonRoot).toBe(true);
      expect(pod.terminationGracePeriodSeconds ?? 30).toBeGreaterThanOrEqual(30);
      for (const container of pod.containers) {
        expect(container.securityContext).toMatchObject({
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
        });
        expect(container.image).toBe(`fhir-omop-sync:${about.version}`);
      }
    }
  });

  it('start what package.json starts, and probe paths that there are', () => {
    const of = (name: string) =>
      workloads.find(({ metadata }) => metadata.name === name)?.spec.template.spec.containers[0];
    expect(of('api').command.join(' ')).toBe(API);
    expect(of('worker').command.join(' ')).toBe(WORKER);
    expect(of('migrate').command.join(' ')).toBe(MIGRATE);
    expect(of('migrate').args).toEqual(['--roles']);
    const document = JSON.parse(readFileSync(join(ROOT, 'openapi', 'openapi.json'), 'utf8'));
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect(Object.keys(document.paths)).toContain(of('api')[probe].httpGet.path);
    }
  });

  it('have a Secret each, with what README lists: only who migrates has the owner of the tables', () => {
    const names = (cell: string) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name);
    const listed = [
      ...read('README.md').matchAll(/^ {2}\| `(fhir-omop-sync-[a-z]+)` \| (.*) \| (.*)\|$/gm),
    ].map(([, secret = '', holds = '', may = '']) => ({ secret, names: [...names(holds), ...names(may)] }));
    for (const { metadata, spec } of workloads) {
      const [container] = spec.template.spec.containers;
      expect(container.envFrom).toEqual([{ secretRef: { name: `fhir-omop-sync-${metadata.name}` } }]);
      expect(listed.map(({ secret }) => secret)).toContain(`fhir-omop-sync-${metadata.name}`);
      for (const { name, value } of container.env ?? [])
        expect([name, SECRETS.includes(name), typeof value]).toEqual([name, false, 'string']);
    }
    expect(listed).toHaveLength(workloads.length);
    const having = (name: string) =>
      listed.filter((one) => one.names.includes(name)).map(({ secret }) => secret);
    expect(having('DATABASE_URL')).toEqual(['fhir-omop-sync-migrate']);
    expect(having('API_DATABASE_URL')).toEqual(['fhir-omop-sync-api']);
    expect(having('WORKER_DATABASE_URL')).toEqual(['fhir-omop-sync-worker']);
    for (const door of ['ADMIN_TOKEN', 'METRICS_TOKEN', 'TICK_SECRET', 'OIDC_CLIENT_SECRET'])
      expect(having(door)).toEqual(['fhir-omop-sync-api']);
    for (const { names } of listed) expect(names.filter((name) => !(name in SETTINGS))).toEqual([]);
    // Those of the connection `env` and of the command line are set where these are used.
    const elsewhere = /^(EHR_|FHIR_OMOP_)/;
    const placed = new Set(listed.flatMap(({ names }) => names));
    expect(SECRETS.filter((name) => name in SETTINGS && !placed.has(name) && !elsewhere.test(name))).toEqual(
      [],
    );
  });

  it('keep one of each through a disruption, by labels that select what is meant', () => {
    const budgets = kubernetes.filter(({ kind }) => kind === 'PodDisruptionBudget');
    expect(budgets.map(({ metadata }) => metadata.name).sort()).toEqual(['api', 'worker']);
    for (const { metadata, spec } of budgets) {
      const meant = workloads.find((one) => one.metadata.name === metadata.name);
      expect(meant?.spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
      expect(meant?.spec.selector.matchLabels).toEqual(spec.selector.matchLabels);
      expect(meant?.spec.replicas).toBeGreaterThan(spec.minAvailable);
    }
  });

  it.skipIf(!isThere('kubectl', 'version', '--client'))('are read by kubectl kustomize', () => {
    const said = spawnSync('kubectl', ['kustomize', join(DEPLOY, 'kubernetes')], { encoding: 'utf8' });
    expect(said.stderr).toBe('');
    expect(said.stdout.match(/^kind: /gm)?.length).toBe(kubernetes.length);
  });
});

describe('the units for systemd', () => {
  const UNITS = ['fhir-omop-sync-api.service', 'fhir-omop-sync-worker@.service'];

  it('start what package.json starts, and wait for as long as a stop takes', () => {
    const started = UNITS.map((name) => /^ExecStart=(.*)$/m.exec(read(`systemd/${name}`))?.[1]);
    const bin = '/opt/fhir-omop-sync/node_modules/.bin/';
    expect(started).toEqual([`${bin}${API}`, `${bin}${WORKER}`]);
    for (const name of UNITS) expect(read(`systemd/${name}`)).toMatch(/^TimeoutStopSec=30$/m);
  });

  it.skipIf(!isThere('systemd-analyze', '--version'))('are found right by systemd-analyze', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-units-'));
    try {
      const units = UNITS.map((name) => {
        const path = join(folder, name.replace('@.', '@1.'));
        // The program is not installed here; everything else is read as it stands.
        writeFileSync(path, read(`systemd/${name}`).replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true'));
        return path;
      });
      const said = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' });
      expect(said.stderr.split('\n').filter((line) => line.includes('fhir-omop-sync'))).toEqual([]);
      expect(said.status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the command of the packed program', () => {
  it('starts what the scripts of a checkout start', () => {
    const scripts: Readonly<Record<string, string>> = about.scripts;
    for (const [name, args] of Object.entries({ ...PROCESSES, cli: CLI })) {
      expect([name, scripts[name]?.replace(/^.*exec node /, '')]).toEqual([name, args.join(' ')]);
    }
  });
});
