import { expect, test } from '@jest/globals';
import { type CustomResource, resourceReconciler } from '../../../src/runtime/resource-reconciler.ts';
import type { BaseStatus } from '../../../src/runtime/status.ts';
import { ObjectStore } from '../../../src/runtime/store.ts';
import { createFakeClock } from '../fake-clock.ts';
import { fakeKubeClient } from './fake-kube-client.ts';
import { recordedLog } from './recorded-log.ts';
import { FINALIZER, THINGS } from './things.ts';

type Thing = CustomResource<BaseStatus> & { readonly spec: { readonly held: boolean } };

/** What a pass over an object does to its finalizers. */
async function passOver(held: boolean, finalizers: readonly string[]) {
  const client = fakeKubeClient();
  const lister = new ObjectStore<Thing>(() => undefined);
  const metadata = {
    name: 'app',
    namespace: 'team',
    uid: 'u',
    resourceVersion: '1',
    generation: 1,
    finalizers,
  };
  lister.set('team/app', { metadata, spec: { held } }, '1');
  const condition = { type: 'Exists', status: 'True', reason: 'Found', message: 'it is there' } as const;
  const reconcile = resourceReconciler<Thing, BaseStatus>({
    resource: THINGS,
    lister,
    reconciler: {
      reconcile: async () => ({ conditions: [condition] }),
      finalize: async () => 'released',
    },
    dependents: ['Exists'],
    finalizer: FINALIZER,
    isHeld: ({ spec }) => spec.held,
    fieldManager: 'operator',
    client,
    events: { record: () => undefined, flush: async () => undefined },
    clock: createFakeClock(),
    log: recordedLog(),
  });
  await reconcile('team/app');
  const applied = client.applied.filter(({ options }) => !options.subresource);
  return { applied: applied.map(({ body }) => body.metadata.finalizers), patched: client.patched.flat() };
}

test('an object that is to be held gets the finalizer', async () => {
  expect(await passOver(true, [])).toEqual({ applied: [[FINALIZER]], patched: [] });
  expect(await passOver(true, [FINALIZER])).toEqual({ applied: [], patched: [] });
});

test('one that is not does without, and loses one that it has, but none of others', async () => {
  expect(await passOver(false, [])).toEqual({ applied: [], patched: [] });
  expect(await passOver(false, ['example.com/other'])).toEqual({ applied: [], patched: [] });
  expect(await passOver(false, ['example.com/other', FINALIZER])).toEqual({
    applied: [],
    patched: [
      { op: 'test', path: '/metadata/resourceVersion', value: '1' },
      { op: 'remove', path: '/metadata/finalizers/1' },
    ],
  });
});
