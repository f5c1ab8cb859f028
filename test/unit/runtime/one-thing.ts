import type { EventRecorder } from '../../../src/runtime/events.ts';
import type { ConditionState, Happening, Outcome } from '../../../src/runtime/outcome.ts';
import type { ObjectMetadata } from '../../../src/runtime/resource.ts';
import {
  type CustomResource,
  type Finalization,
  resourceReconciler,
} from '../../../src/runtime/resource-reconciler.ts';
import type { BaseStatus } from '../../../src/runtime/status.ts';
import { ObjectStore } from '../../../src/runtime/store.ts';
import { createFakeClock } from '../fake-clock.ts';
import { fakeKubeClient } from './fake-kube-client.ts';
import { recordedLog } from './recorded-log.ts';
import { FINALIZER, THINGS } from './things.ts';

/** A status with one field of its kind. */
export interface ThingStatus extends BaseStatus {
  readonly uri?: string;
}
/** An object of the kind `THINGS`. */
export type Thing = CustomResource<ThingStatus>;
/** What a reconciler of Things tells beside conditions. */
export type Fields = Omit<ThingStatus, keyof BaseStatus>;

/** With what the thing is applied. */
export const OURS = { namespace: 'team', name: 'app', fieldManager: 'operator', force: true };

/** The one condition that Ready depends on. */
export const condition = (status: 'True' | 'False', reason: string, message: string): ConditionState => ({
  type: 'Exists',
  status,
  reason,
  message,
});
/** A pass that found all well. */
export const FINE: Outcome<Fields> = {
  status: { uri: 'example.com/app' },
  conditions: [condition('True', 'Found', 'it is there')],
};
/** A pass that has to wait for something. */
export const WAITING: Outcome<Fields> = {
  conditions: [condition('False', 'NotEmpty', 'it holds images')],
  requeueAfterMs: 60_000,
};

/** What differs from a thing that is well and a reconciler that finds it so. */
export interface Given {
  readonly metadata?: Partial<ObjectMetadata>;
  readonly status?: ThingStatus;
  readonly suspend?: boolean;
  readonly reconcile?: () => Promise<Outcome<Fields>>;
  readonly finalize?: () => Promise<Finalization<Fields>>;
}

/** One object in the cache, and everything that a pass over it does. */
export function given({ metadata, status, suspend, reconcile, finalize }: Given = {}) {
  const clock = createFakeClock();
  const client = fakeKubeClient();
  const log = recordedLog();
  const store = new ObjectStore<Thing>(() => undefined);
  const steps: string[] = [];
  const told: Happening[] = [];
  const thing: Thing = {
    metadata: {
      name: 'app',
      namespace: 'team',
      uid: 'uid-1',
      resourceVersion: '1',
      generation: 3,
      finalizers: [FINALIZER],
      ...metadata,
    },
    spec: suspend === undefined ? {} : { suspend },
    ...(status ? { status } : {}),
  };
  store.set('team/app', thing, '1');
  client.onApply = ({ options }) => void steps.push(options.subresource ?? 'finalizers');
  const events: EventRecorder = {
    record: (_resource, _object, happening) => void told.push(happening),
    flush: async () => undefined,
  };
  const pass = resourceReconciler<Thing, ThingStatus>({
    resource: THINGS,
    lister: store,
    reconciler: {
      reconcile: async () => {
        steps.push('reconcile');
        return reconcile ? reconcile() : FINE;
      },
      finalize: async () => {
        steps.push('finalize');
        return finalize ? finalize() : 'released';
      },
    },
    dependents: ['Exists'],
    finalizer: FINALIZER,
    fieldManager: 'operator',
    client,
    events,
    clock,
    log,
  });
  return { clock, client, log, store, thing, steps, told, pass: () => pass('team/app') };
}

/** The status that the given outcome has written. */
export async function statusAfter(what: Given): Promise<ThingStatus> {
  const { client, pass } = given(what);
  await pass();
  return client.applied.find(({ options }) => options.subresource === 'status')?.body.status;
}

/** Throws it. */
export async function fails(error: unknown): Promise<never> {
  throw error;
}
