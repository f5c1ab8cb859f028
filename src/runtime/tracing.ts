import { type Attributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { messageOf } from './errors.ts';

export type { Attributes };

/** As OpenTelemetry has it: `client` is a call of somebody else, `internal` is work of our own. */
export type TraceKind = 'internal' | 'client';

const KINDS = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT } as const satisfies Record<
  TraceKind,
  SpanKind
>;

/** Costs next to nothing where nobody has set a tracer provider: OpenTelemetry's own no-op does the rest. */
const tracer = trace.getTracer('ecr-operator');

/**
 * Runs `work` as one span, a child of the one that it is called in. A throw is passed on, and the span tells its message:
 * whatever is thrown here is fit for a log. `work` may add attributes that it learns on the way.
 */
export async function traced<T>(
  name: string,
  kind: TraceKind,
  attributes: Attributes,
  work: (add: (more: Attributes) => void) => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, { kind: KINDS[kind], attributes }, async (span) => {
    try {
      return await work((more) => void span.setAttributes(more));
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}
