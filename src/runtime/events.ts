import { createHash } from 'node:crypto';
import { type Clock, timestamp } from './clock.ts';
import { messageOf } from './errors.ts';
import type { KubeClient } from './kube-client.ts';
import { isNamespaceTerminating, isNotFound } from './kube-errors.ts';
import type { Log } from './log.ts';
import type { Happening } from './outcome.ts';
import { apiVersionOf, EVENTS, type KubeObject, type ResourceType } from './resource.ts';

/** Tells people of happenings; never throws, never blocks. */
export interface EventRecorder {
  record(resource: ResourceType, object: KubeObject, happening: Happening): void;
  /** Resolves when all that was recorded has been sent, or failed. */
  flush(): Promise<void>;
}

export interface EventRecorderOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  /** The `source.component` of each Event. */
  readonly component: string;
  /** Where the operator runs: `reportingInstance`. */
  readonly instance: string;
}

interface Series {
  readonly name: string;
  readonly first: string;
  count: number;
  sentAt: number;
}

/** The same words on the same object are sent once in this time, then as a higher count. */
const REPEAT_AFTER_MS = 600_000;
/** Remembered series at most; the oldest are forgotten first. */
const MOST_SERIES = 4_096;
/** Events are namespaced; those of cluster-scoped objects live here, where kubectl describe looks. */
const CLUSTER_NAMESPACE = 'default';

/** An {@link EventRecorder} that writes core/v1 Events. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, clock, log } = options;
  const series = new Map<string, Series>();
  const pending = new Set<Promise<void>>();

  function seriesOf(object: KubeObject, { reason, message }: Happening): Series {
    const id = createHash('sha256')
      .update(`${object.metadata.uid}\n${reason}\n${message}`)
      .digest('hex')
      .slice(0, 16);
    const known = series.get(id);
    if (known) return known;
    const oldest = series.keys().next();
    if (series.size >= MOST_SERIES && !oldest.done) series.delete(oldest.value);
    const name = `${object.metadata.name.slice(0, 230)}.${id}`;
    const made = { name, first: timestamp(clock.now()), count: 0, sentAt: Number.NEGATIVE_INFINITY };
    series.set(id, made);
    return made;
  }

  async function send(
    resource: ResourceType,
    object: KubeObject,
    happening: Happening,
    of: Series,
  ): Promise<void> {
    const namespace = object.metadata.namespace ?? CLUSTER_NAMESPACE;
    try {
      await client.apply(EVENTS, eventBody(resource, object, happening, of), {
        namespace,
        name: of.name,
        fieldManager: options.component,
        force: true,
      });
    } catch (error) {
      if (isNotFound(error) || isNamespaceTerminating(error)) return;
      log.warn(
        { event: happening.reason, object: object.metadata.name, error: messageOf(error) },
        'event not written',
      );
    }
  }

  function eventBody(
    resource: ResourceType,
    object: KubeObject,
    { type, reason, message }: Happening,
    of: Series,
  ): object {
    const { name, namespace, uid, resourceVersion } = object.metadata;
    const involvedObject = {
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      name,
      uid,
      resourceVersion,
    };
    return {
      metadata: { name: of.name, namespace: namespace ?? CLUSTER_NAMESPACE },
      involvedObject: namespace ? { ...involvedObject, namespace } : involvedObject,
      type,
      reason,
      message: message.slice(0, 1_024),
      count: of.count,
      firstTimestamp: of.first,
      lastTimestamp: timestamp(clock.now()),
      source: { component: options.component },
      reportingComponent: options.component,
      reportingInstance: options.instance,
    };
  }

  return {
    record(resource, object, happening) {
      const of = seriesOf(object, happening);
      of.count += 1;
      if (clock.now() - of.sentAt < REPEAT_AFTER_MS) return;
      of.sentAt = clock.now();
      const sending = send(resource, object, happening, of).finally(() => pending.delete(sending));
      pending.add(sending);
    },
    flush: async () => {
      await Promise.all(pending);
    },
  };
}
