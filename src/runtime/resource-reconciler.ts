import type { Clock } from './clock.ts';
import type { Next } from './controller.ts';
import { messageOf } from './errors.ts';
import type { EventRecorder } from './events.ts';
import { type Key, keyOf } from './key.ts';
import type { KubeClient } from './kube-client.ts';
import { isConflict, isInvalid, isNotFound } from './kube-errors.ts';
import type { Log } from './log.ts';
import { type Incomplete, type Outcome, retryOf } from './outcome.ts';
import type { KubeObject, ResourceType } from './resource.ts';
import {
  type BaseStatus,
  conditionOf,
  nextStatus,
  type Result,
  statusChanged,
  suspendedStatus,
  withoutFields,
} from './status.ts';
import type { Lister } from './store.ts';

/** A custom resource as the runtime sees it. */
export interface CustomResource<S extends BaseStatus> extends KubeObject {
  readonly spec: { readonly suspend?: boolean };
  readonly status?: S;
}

/** Finalization is over (`released`), or waits for something and says for what. */
export type Finalization<Fields> = 'released' | Outcome<Fields>;

/** The one thing that a kind writes: what its objects mean. A throw is a failure; see errors.ts. */
export interface Reconciler<T, Fields> {
  reconcile(object: T): Promise<Outcome<Fields> | Incomplete<Fields>>;
  /** Undoes what must not outlive the object. Called until it is released; what is gone already counts as undone. */
  finalize(object: T): Promise<Finalization<Fields>>;
}

export interface ResourceReconcilerOptions<T extends CustomResource<S>, S extends BaseStatus> {
  readonly resource: ResourceType;
  readonly lister: Lister<T>;
  readonly reconciler: Reconciler<T, Omit<S, keyof BaseStatus>>;
  /** See {@link nextStatus}. */
  readonly dependents: readonly [string, ...string[]];
  readonly optionalDependents?: readonly string[];
  readonly finalizer: string;
  /** Which objects have the finalizer: all of them unless told. */
  readonly isHeld?: ((object: T) => boolean) | undefined;
  readonly fieldManager: string;
  /** Fields of the status that another controller writes: never applied, and no change of ours. */
  readonly foreignFields?: readonly (keyof S)[];
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One pass over a custom resource: finalizer, reconcile or finalize, status (written last, once, and only if it
 * changed), Events. All kinds share it, so a kind knows no queue, no watch and no condition list.
 */
export function resourceReconciler<T extends CustomResource<S>, S extends BaseStatus>(
  options: ResourceReconcilerOptions<T, S>,
): (key: Key) => Promise<Next> {
  const { resource, lister, reconciler, client, clock, log, finalizer, fieldManager } = options;
  const { foreignFields = [], optionalDependents = [], isHeld = () => true } = options;

  // The resourceVersions of one kind are ordered numbers (KEP-5504).
  const written = new Map<Key, { readonly uid: string; readonly version: number; readonly status: S }>();

  async function addFinalizer(object: T): Promise<void> {
    const { name, namespace, uid } = object.metadata;
    // With the uid, or the apply would make a deleted object anew.
    const body = { metadata: { name, namespace, uid, finalizers: [finalizer] } };
    await client.apply(resource, body, { name, namespace, fieldManager, force: true });
  }

  /** Not by an apply without it: that leaves a finalizer that others applied too, or that came with the manifest. */
  async function removeFinalizer(object: T, index: number): Promise<void> {
    const { name, namespace, resourceVersion } = object.metadata;
    await client.jsonPatch(resource, { name, namespace }, [
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
      { op: 'remove', path: `/metadata/finalizers/${index}` },
    ]);
  }

  async function writeStatus(object: T, result: Result<S>): Promise<void> {
    const { generation = 0 } = object.metadata;
    const previous = object.status;
    const next = nextStatus({
      previous,
      generation,
      result,
      dependents: options.dependents,
      optionalDependents,
      now: clock.now(),
    });
    await applyStatus(object, next);
    tell(object, result, next);
  }

  async function applyStatus(object: T, whole: S): Promise<void> {
    const next = withoutFields(whole, foreignFields);
    if (!statusChanged(object.status && withoutFields(object.status, foreignFields), next)) return;
    const { name, namespace, uid } = object.metadata;
    const body = { metadata: { name, namespace, uid }, status: next };
    const path = { name, namespace, subresource: 'status' };
    const { metadata } = await client.apply(resource, body, { ...path, fieldManager, force: true });
    written.set(keyOf(object.metadata), {
      uid,
      version: Number(metadata.resourceVersion),
      status: JSON.parse(JSON.stringify(next)) as S,
    });
  }

  async function suspend(object: T): Promise<Next> {
    const { generation = 0 } = object.metadata;
    await applyStatus(object, suspendedStatus(object.status, generation, clock.now()));
    return {};
  }

  function tell(object: T, result: Result<S>, next: S): void {
    const { happenings = [] } = 'outcome' in result ? result.outcome : (result.progress ?? {});
    for (const happening of happenings) {
      options.events.record(resource, object, happening);
    }
    const ready = conditionOf(next, 'Ready');
    const before = conditionOf(object.status, 'Ready');
    if (!ready || (ready.status === 'True' && before?.status === 'True')) return;
    if (ready.status === 'Unknown') return;
    // The same trouble in other words (a count went up) is no news: the condition has them.
    if (before?.status === ready.status && before.reason === ready.reason) return;
    const { reason, message } = ready;
    options.events.record(resource, object, {
      type: ready.status === 'True' ? 'Normal' : 'Warning',
      reason,
      message,
    });
  }

  async function conclude(object: T, result: Result<S>): Promise<Next> {
    await writeStatus(object, result);
    if ('outcome' in result)
      return {
        ...(result.outcome.requeueAfterMs === undefined
          ? {}
          : { requeueAfterMs: result.outcome.requeueAfterMs }),
      };
    log.warn(
      {
        kind: resource.kind,
        object: object.metadata.name,
        namespace: object.metadata.namespace,
        error: messageOf(result.error),
      },
      'reconcile failed',
    );
    return { retry: retryOf(result.error) };
  }

  async function finalize(object: T): Promise<Next> {
    const index = object.metadata.finalizers?.indexOf(finalizer) ?? -1;
    if (index < 0) return {};
    const result = await attempt(async () => reconciler.finalize(object));
    if ('value' in result && result.value === 'released') {
      await removeFinalizer(object, index);
      return {};
    }
    return conclude(
      object,
      'value' in result ? { outcome: result.value as Outcome<Omit<S, keyof BaseStatus>> } : result,
    );
  }

  async function reconcile(object: T): Promise<Next> {
    if (object.metadata.deletionTimestamp) return finalize(object);
    if (object.spec.suspend) return suspend(object);
    const index = object.metadata.finalizers?.indexOf(finalizer) ?? -1;
    if (index < 0 && isHeld(object)) await addFinalizer(object);
    if (index >= 0 && !isHeld(object)) await removeFinalizer(object, index);
    const result = await attempt(async () => reconciler.reconcile(object));
    if ('error' in result) return conclude(object, result);
    const { value } = result;
    return conclude(
      object,
      'failure' in value ? { error: value.failure, progress: value } : { outcome: value },
    );
  }

  /** With the status that we wrote last, while the cache has not seen it: a stale one would undo what it says. */
  function current(key: Key): T | undefined {
    const object = lister.get(key);
    const last = written.get(key);
    if (
      object &&
      last?.uid === object.metadata.uid &&
      Number(object.metadata.resourceVersion) < last.version
    ) {
      const foreign = foreignFields.map((name) => [name, object.status?.[name]]);
      return { ...object, status: { ...Object.fromEntries(foreign), ...last.status } };
    }
    written.delete(key);
    return object;
  }

  return async (key) => {
    const object = current(key);
    if (!object) return {};
    try {
      return await reconcile(object);
    } catch (error) {
      // Gone, replaced under its name, or changed, since we read it: the watch brings the news.
      if (isNotFound(error) || isConflict(error) || isInvalid(error)) return { retry: { kind: 'backoff' } };
      throw error;
    }
  };
}

async function attempt<V>(
  task: () => Promise<V>,
): Promise<{ readonly value: V } | { readonly error: unknown }> {
  try {
    return { value: await task() };
  } catch (error) {
    return { error };
  }
}
