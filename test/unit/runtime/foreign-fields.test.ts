import { describe, expect, test } from '@jest/globals';
import { RetryableError } from '../../../src/runtime/errors.ts';
import type { Outcome } from '../../../src/runtime/outcome.ts';
import { type CustomResource, resourceReconciler } from '../../../src/runtime/resource-reconciler.ts';
import type { BaseStatus } from '../../../src/runtime/status.ts';
import { ObjectStore } from '../../../src/runtime/store.ts';
import { createFakeClock } from '../fake-clock.ts';
import { fakeKubeClient } from './fake-kube-client.ts';
import { recordedLog } from './recorded-log.ts';
import { THINGS } from './things.ts';

interface Status extends BaseStatus {
  readonly uri?: string;
  /** Another controller writes this. */
  readonly images?: number;
}
type Thing = CustomResource<Status>;
type Fields = Omit<Status, keyof BaseStatus>;

const FINE: Outcome<Fields> = {
  status: { uri: 'here' },
  conditions: [{ type: 'Exists', status: 'True', reason: 'Found', message: 'it is there' }],
};

/** A thing that another controller has told five images of, and what a pass makes of it. */
function given(outcome: (seen: Thing) => Outcome<Fields> = () => FINE, suspend = false) {
  const client = fakeKubeClient();
  client.version = '10';
  const store = new ObjectStore<Thing>(() => undefined);
  const put = (status: Status | undefined, version: string): void => {
    const metadata = { name: 'app', namespace: 'team', uid: 'uid-1', generation: 1, finalizers: ['f'] };
    const thing = { metadata: { ...metadata, resourceVersion: version }, spec: { suspend } };
    store.set('team/app', status ? { ...thing, status } : thing, version);
  };
  put({ images: 5 }, '1');
  const pass = resourceReconciler<Thing, Status>({
    resource: THINGS,
    lister: store,
    reconciler: { reconcile: async (thing) => outcome(thing), finalize: async () => 'released' },
    dependents: ['Exists'],
    finalizer: 'f',
    fieldManager: 'operator',
    foreignFields: ['images'],
    client,
    events: { record: () => undefined, flush: async () => undefined },
    clock: createFakeClock(),
    log: recordedLog(),
  });
  const applied = (): Status[] => client.applied.map(({ body }) => body.status);
  return { applied, put, pass: () => pass('team/app') };
}

describe('fields of the status that another controller writes', () => {
  test.each<[string, () => Outcome<Fields>, boolean]>([
    ['after an outcome', () => FINE, false],
    [
      'after a failure, when all that was known stays',
      () => {
        throw new RetryableError('Sad', 'sad');
      },
      false,
    ],
    ['while it is suspended', () => FINE, true],
    ['also where an outcome has them', () => ({ ...FINE, status: { uri: 'here', images: 7 } }), false],
  ])('are not applied: %s', async (_, outcome, suspend) => {
    const { applied, pass } = given(outcome, suspend);
    await pass();
    expect(applied()).toHaveLength(1);
    expect(applied()[0]).not.toHaveProperty('images');
  });

  test('are no change, whatever becomes of them', async () => {
    const { applied, put, pass } = given();
    await pass();
    const [written] = applied();
    for (const [index, images] of [6, undefined, 7].entries()) {
      put({ ...written, ...(images ? { images } : {}) }, String(11 + index));
      await pass();
    }
    expect(applied()).toEqual([written]);
  });

  test('are seen by the reconciler, also while the cache has not seen what was written last', async () => {
    const seen: (number | undefined)[] = [];
    const { put, pass } = given(({ status }) => {
      seen.push(status?.images);
      return FINE;
    });
    await pass();
    put({ images: 6 }, '9');
    await pass();
    expect(seen).toEqual([5, 6]);
  });
});
