/**
 * What traces are told, where there are any (OTEL_EXPORTER_OTLP_ENDPOINT): one trace for each run, through all steps and
 * processes. They hold ids, step names, hosts, statuses and error codes.
 */
import type { IncomingMessage } from 'node:http';
import type { UnderWay } from './under-way.ts';

export interface Traces {
  /** One try of a step; `outcome` says afterwards how it ended. */
  step<T>(what: UnderWay, work: () => Promise<T>, outcome: () => string): Promise<T>;
  /** A request to the server of a connection, within a step. */
  request(method: string, host: string, ask: () => Promise<IncomingMessage>): Promise<IncomingMessage>;
  /** A request to the API; `traceparent` as its caller sent it. */
  api<T>(asked: ApiSpan, work: () => Promise<T>): Promise<T>;
  /** The run as a whole, once it has ended. */
  run(run: EndedRun): void;
  /** Sends what is not sent yet. */
  stop(): Promise<void>;
}

export interface ApiSpan {
  readonly method: string;
  readonly traceparent: string | undefined;
  /** Route and status, known once it is answered. */
  readonly answered: () => { readonly route: string; readonly status: number };
}

export interface EndedRun {
  readonly run_id: number;
  readonly connection_id: number;
  readonly kind: string;
  readonly status: string;
  readonly error_code: string | null;
  readonly created_at: Date;
  readonly finished_at: Date;
}
