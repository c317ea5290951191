/**
 * Traces by OpenTelemetry, sent by OTLP over HTTP. The trace of a run is known to every process by the run alone: its id
 * and that of its first span come from the installation and the number of the run, so that no job has to carry them.
 * The packages are loaded only where OTEL_EXPORTER_OTLP_ENDPOINT is set; the standard variables (OTEL_…) configure them.
 * An EHR is sent no trace headers: it is another's house.
 */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Context, Span } from '@opentelemetry/api';
import { describeError } from './step/describe-error.ts';
import type { Traces } from './step/traces.ts';
import { type UnderWay, underWay } from './step/under-way.ts';

const LONGEST_STOP_MS = 3000;

export interface TraceOptions {
  /** Tells the runs of one installation from those of another: its database. */
  readonly installation: string;
  readonly version: string;
}

/** Undefined without OTEL_EXPORTER_OTLP_ENDPOINT (or that of traces), or with OTEL_SDK_DISABLED. */
export async function openTraces(
  env: NodeJS.ProcessEnv,
  { installation, version }: TraceOptions,
): Promise<Traces | undefined> {
  const url = urlOf(env);
  if (url === undefined || env['OTEL_SDK_DISABLED'] === 'true') return undefined;
  const [{ ROOT_CONTEXT, SpanKind, SpanStatusCode, trace }, sdk, { OTLPTraceExporter }, resources] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  /** Ids of the span that is made next, where they are not to be random. */
  let next: { readonly traceId: string; readonly spanId: string } | undefined;
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': env['OTEL_SERVICE_NAME'] || 'fhir-omop-sync',
      'service.version': version,
    }),
    idGenerator: {
      generateTraceId: () => next?.traceId ?? randomBytes(16).toString('hex'),
      generateSpanId: () => next?.spanId ?? randomBytes(8).toString('hex'),
    },
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
  });
  const tracer = provider.getTracer('fhir-omop-sync', version);
  const spans = new WeakMap<UnderWay, Context>();

  const idsOf = (runId: number) => {
    const hash = createHash('sha256').update(`${installation}/run/${runId}`).digest('hex');
    return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
  };
  const runContext = (runId: number | undefined): Context =>
    runId === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, { ...idsOf(runId), traceFlags: 1, isRemote: true });

  async function ended<T>(span: Span, work: () => Promise<T>, after: (done: T) => void): Promise<T> {
    try {
      const done = await work();
      after(done);
      return done;
    } catch (error) {
      span.setAttribute('error.type', describeError(error).code);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  }

  return {
    async step(what, work, outcome) {
      const attributes = {
        'fhir_omop.step': what.step,
        ...(what.run_id === undefined ? {} : { 'fhir_omop.run_id': what.run_id }),
        ...(what.connection_id === undefined ? {} : { 'fhir_omop.connection_id': what.connection_id }),
      };
      const parent = runContext(what.run_id);
      const span = tracer.startSpan(`step ${what.step}`, { kind: SpanKind.CONSUMER, attributes }, parent);
      spans.set(what, trace.setSpan(parent, span));
      return await ended(span, work, () => {
        span.setAttribute('fhir_omop.outcome', outcome());
        if (outcome() !== 'done') span.setStatus({ code: SpanStatusCode.ERROR });
      });
    },
    async request(method, host, ask) {
      const what = underWay();
      const parent = (what && spans.get(what)) ?? ROOT_CONTEXT;
      const attributes = { 'http.request.method': method, 'server.address': host };
      const span = tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, parent);
      return await ended(span, ask, (answer) => {
        const status = answer.statusCode ?? 0;
        span.setAttribute('http.response.status_code', status);
        if (status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
      });
    },
    async api({ method, traceparent, answered }, work) {
      const attributes = { 'http.request.method': method };
      const parent = callersContext(traceparent);
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
      return await ended(span, work, () => {
        const { route, status } = answered();
        span.updateName(`${method} ${route}`);
        span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      });
    },
    run({ run_id, connection_id, kind, status, error_code, created_at, finished_at }) {
      const attributes = {
        ...{ 'fhir_omop.run_id': run_id, 'fhir_omop.connection_id': connection_id },
        ...{ 'fhir_omop.run.kind': kind, 'fhir_omop.run.status': status },
        ...(error_code === null ? {} : { 'error.type': error_code }),
      };
      next = idsOf(run_id);
      const span = tracer.startSpan(`run ${kind}`, { attributes, startTime: created_at }, ROOT_CONTEXT);
      next = undefined;
      if (status === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(finished_at);
    },
    // A collector that is away must not keep a process from ending.
    stop: () => Promise.race([provider.shutdown(), wait(LONGEST_STOP_MS, undefined, { ref: false })]),
  };

  /** W3C Trace Context; what is none begins a trace of its own. */
  function callersContext(header: string | undefined): Context {
    const [, traceId, spanId, flags] =
      /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(header ?? '') ?? [];
    if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT;
    const traceFlags = Number.parseInt(flags ?? '0', 16);
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
  }
}

/** As OpenTelemetry has it: that of traces is taken as it is, the common one has a path for each kind. */
function urlOf(env: NodeJS.ProcessEnv): string | undefined {
  const common = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return (
    env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ||
    (common ? `${common}${common.endsWith('/') ? '' : '/'}v1/traces` : undefined)
  );
}
