import { expect, test } from '@jest/globals';
import type { Parts } from '../../../../../src/controllers/parts.ts';
import { repairController } from '../../../../../src/controllers/pull-secret/repair/controller.ts';
import type { PodState } from '../../../../../src/controllers/pull-secret/repair/pod-state.ts';
import type { Informer } from '../../../../../src/runtime/informer.ts';
import { createTrigger } from '../../../../../src/runtime/sources.ts';
import { ObjectStore } from '../../../../../src/runtime/store.ts';
import { createFakeClock } from '../../../fake-clock.ts';
import { recordedLog } from '../../../runtime/recorded-log.ts';
import { account, pod, repairWorld, secret } from './repair-objects.ts';

/** An informer that is told by hand. */
function informer<T>(store: ObjectStore<T>): Informer<T> {
  const listen: Informer<T>['listen'] = (listener) => store.listen(listener);
  return { lister: store, listen } as Partial<Informer<T>> as Informer<T>;
}

function store<T>(): ObjectStore<T> {
  return new ObjectStore<T>((error) => {
    throw error;
  });
}

/** A controller at rest, whose queue shows whom a change has woken. */
function trial() {
  const [pods, accounts, secrets] = [store<PodState>(), store<unknown>(), store<unknown>()];
  const deliveries = createTrigger();
  const parts = {
    ...repairWorld(),
    caches: { serviceAccounts: [informer(accounts)], secrets: [informer(secrets)] },
    clock: createFakeClock(),
    log: recordedLog(),
  } as unknown as Parts;
  const controller = repairController(parts, informer(pods), deliveries);
  controller.connect(new AbortController().signal);

  async function woken(): Promise<string[]> {
    const keys: string[] = [];
    while (controller.queue.length > 0) keys.push((await controller.queue.get()) ?? '');
    for (const key of keys) controller.queue.done(key);
    return keys;
  }
  return { pods, accounts, secrets, deliveries, woken };
}

test('a Pod wakes itself, as it comes, changes and goes', async () => {
  const { pods, woken } = trial();
  pods.set('team/web-1', pod({ unpulled: [] }), '1');
  const came = await woken();
  pods.set('team/web-1', pod(), '2');
  const changed = await woken();
  pods.remove('team/web-1');
  expect([came, changed, await woken()]).toEqual([['team/web-1'], ['team/web-1'], ['team/web-1']]);
});

test.each<[string, (one: ReturnType<typeof trial>) => void]>([
  ['a ServiceAccount', ({ accounts }) => accounts.set('team/default', account(), '1')],
  ['a Secret', ({ secrets }) => secrets.set('team/ecr-pull', secret(), '1')],
  ['the demand', ({ deliveries }) => deliveries.fire('team/ecr-pull', { afterMs: 1_000 })],
])('a change of %s wakes the Pods of its namespace whose pull has failed', async (_what, change) => {
  const one = trial();
  one.pods.set('team/web-1', pod(), '1');
  one.pods.set('team/web-2', pod({ name: 'web-2', unpulled: [] }), '1');
  one.pods.set('other/web-1', pod({ namespace: 'other' }), '1');
  await one.woken();
  change(one);
  expect(await one.woken()).toEqual(['team/web-1']);
  one.deliveries.fire('other/ecr-pull');
  expect(await one.woken()).toEqual(['other/web-1']);
});
