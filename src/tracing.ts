import { context, DiagLogLevel, diag, trace } from '@opentelemetry/api';
import { messageOf } from './runtime/errors.ts';
import type { Log } from './runtime/log.ts';

/** What sends traces; to be closed last, since the stop itself is traced. */
export interface Tracing {
  /** Sends what is left, for a few seconds at most. Never throws. */
  close(): Promise<void>;
}

export interface TracingOptions {
  /** Where an OTLP receiver takes traces by HTTP, such as http://collector:4318; the usual path is added to it. */
  readonly endpoint: string;
  readonly version: string;
  /** Which of the replicas this is. */
  readonly instance: string;
  readonly log: Log;
}

/** How long the last traces may take to be sent (ms). */
const LAST_SEND_MS = 3_000;
/** Characters of what the libraries have to say at a time. */
const MOST_SAID = 400;
const ignore = (): void => undefined;

/**
 * Sends a span of each pass of a reconciler, and of each call that it makes, to an OTLP receiver. One that does not answer
 * costs nothing but the traces: they wait in a bounded queue, and what does not fit is dropped. The libraries are loaded
 * here and nowhere else, so that who does not want traces does not pay for them.
 */
export async function startTracing({ endpoint, version, instance, log }: TracingOptions): Promise<Tracing> {
  const [
    { BatchSpanProcessor, TracerProvider },
    { OTLPTraceExporter },
    { resourceFromAttributes },
    contexts,
  ] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/context-async-hooks'),
  ]);
  const { host, password } = new URL(endpoint);
  const resource = resourceFromAttributes({
    'service.name': 'ecr-operator',
    'service.version': version,
    'service.instance.id': instance,
  });
  const provider = new TracerProvider({
    resource,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }),
      }),
    ],
  });
  const say = (text: string): void => {
    const error = (password ? text.replaceAll(password, '[redacted]') : text).slice(0, MOST_SAID);
    log.warn({ error }, 'traces are in trouble');
  };
  diag.setLogger({ error: say, warn: say, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
  context.setGlobalContextManager(new contexts.AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  log.info({ host }, 'traces are sent');
  return {
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_SEND_MS).unref());
      const sent = provider.shutdown().catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'the last traces were not sent');
      });
      await Promise.race([sent, late]);
    },
  };
}
