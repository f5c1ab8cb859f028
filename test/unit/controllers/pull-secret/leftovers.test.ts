import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deliveryReconciler } from '../../../../src/controllers/pull-secret/deliver.ts';
import {
  LEFTOVERS,
  leftoversPatch,
  serviceAccountState,
} from '../../../../src/controllers/pull-secret/service-account.ts';
import { leftoversIn } from '../../../../src/controllers/pull-secret/wake.ts';
import type { JsonPatchOperation, KubeClient } from '../../../../src/runtime/kube-client.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { clusterPullSecret, NOW, namespace, registry, type Things, worldOf } from '../objects.ts';
import { type Account, account, MARK } from './accounts.ts';
import { patched } from './json-patch.ts';
import { ATTACHED, secret, serviceAccount } from './pull-objects.ts';
import { type Wired, wired } from './wired.ts';

const CONFIGURED = ['ecr-pull', 'second'];
/** Of deliveries, in {@link wired}. */
const WORKERS = 8;
const FINALIZER = { finalizers: ['ecr-operator.io/finalizer'] };
const patch = (before: Account) => leftoversPatch(serviceAccountState(before), CONFIGURED);

describe('names that are not configured any more', () => {
  test.each<[string, Account, Account]>([
    [
      'go all at once, from wherever they stand, and nothing else',
      account(['old', 'a', 'older', 'ecr-pull', 'b', 'oldest'], {
        [MARK]: 'older,oldest,ecr-pull,old',
        x: 'y',
      }),
      account(['a', 'ecr-pull', 'b'], { [MARK]: 'ecr-pull', x: 'y' }),
    ],
    ['go without any other', account(['old'], { [MARK]: 'old' }), account([], {})],
    [
      'go from the annotation where somebody took them out of the list',
      account(['a'], { [MARK]: 'old,ecr-pull' }),
      account(['a'], { [MARK]: 'ecr-pull' }),
    ],
    ['stay where they are not ours', account(['old', 'ecr-pull']), account(['old', 'ecr-pull'])],
    [
      'are not those that are',
      account(['second', 'ecr-pull'], { [MARK]: 'second,ecr-pull' }),
      account(['second', 'ecr-pull'], { [MARK]: 'second,ecr-pull' }),
    ],
  ])('%s', (_what, before, after) => {
    expect(patched(before, patch(before))).toEqual(after);
    expect(patch(after)).toEqual([]);
  });

  test('are one by one removed from a list in which they stand twice, and no other with them', () => {
    const before = account(['old', 'a', 'old'], { [MARK]: 'old,old' });
    expect(patched(before, patch(before))).toEqual(account(['a', 'old'], {}));
  });

  test('are taken out of the version that was looked at only', () => {
    const guard: JsonPatchOperation = { op: 'test', path: '/metadata/resourceVersion', value: '3' };
    expect(patch(account(['old'], { [MARK]: 'old' }))[0]).toEqual(guard);
  });

  test('leave the entries of other people as they are', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'old', 'older', 'ecr-pull', ''));
    const marks = fc.shuffledSubarray(['old', 'older', 'ecr-pull'], { minLength: 1 });
    fc.assert(
      fc.property(names, marks, (some, ours) => {
        const before = account(some, { [MARK]: ours.join() });
        const after = patched(before, patch(before));
        const isLeft = (name: string): boolean => ours.includes(name) && name !== 'ecr-pull';
        expect(after.imagePullSecrets?.map(({ name }) => name)).toEqual(some.filter((name) => !isLeft(name)));
      }),
    );
  });
});

describe('the target of what is left over', () => {
  const forged = Array.from({ length: 16 }, (_, index) => `forged-${index}`);

  test.each<[string, Things, readonly string[]]>([
    [
      'is one, however many names and ServiceAccounts',
      { serviceAccounts: [1, 2].map((index) => serviceAccount({ name: `s${index}`, ours: forged })) },
      [`team/${LEFTOVERS}`],
    ],
    [
      'is there for a single name',
      { serviceAccounts: [ATTACHED, serviceAccount({ name: 's', ours: ['old'] })] },
      [`team/${LEFTOVERS}`],
    ],
    ['is none without ServiceAccounts', {}, []],
    ['is none where all that is ours is configured', { serviceAccounts: [ATTACHED] }, []],
    [
      'is none for another namespace',
      { serviceAccounts: [serviceAccount({ namespace: 'x', ours: forged })] },
      [],
    ],
    ['is there where the namespace is gone, to be forgotten', { namespaces: [] }, [`team/${LEFTOVERS}`]],
  ])('%s', (_what, things, expected) => {
    const world = worldOf({ namespaces: [namespace()], ...things });
    expect([...leftoversIn(world, 'team')]).toEqual(expected);
  });
});

test('a delivery takes what is left over, and nothing that is configured', async () => {
  const before = account(['old', 'ecr-pull'], { [MARK]: 'ecr-pull,old' });
  const sent: JsonPatchOperation[][] = [];
  const deliver = deliveryReconciler({
    world: worldOf({ namespaces: [namespace()], serviceAccounts: [serviceAccountState(before)] }),
    client: {
      jsonPatch: async (_resource, _path, operations) => void sent.push([...operations]),
    } as KubeClient,
    clock: createFakeClock(NOW),
    onResult: () => undefined,
  });
  expect([await deliver(`team/${LEFTOVERS}`), sent.length]).toEqual([{}, 1]);
  expect(patched(before, sent[0] ?? [])).toEqual(account(['ecr-pull'], { [MARK]: 'ecr-pull' }));
});

describe('a ServiceAccount with many forged names', () => {
  const running: Wired[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
  });

  async function started(things: Things): Promise<Wired> {
    const one = wired({ registries: [registry()], namespaces: [namespace()], ...things });
    running.push(one);
    await one.clock.elapse(2_000);
    return one;
  }

  async function patches(things: Things): Promise<string[]> {
    return (await started(things)).writes.filter((write) => write.startsWith('patch'));
  }

  const names = Array.from({ length: 60_000 }, (_, index) => `forged-${index}`);
  const state = serviceAccountState(account(names.slice(-20), { [MARK]: names.join() }));
  const everybody = clusterPullSecret('all', { serviceAccounts: { mode: 'All' } }, FINALIZER);

  test('costs one patch where nobody wants a Secret, and there is none', async () => {
    expect(await patches({ serviceAccounts: [state] })).toEqual(['patch ServiceAccount team/default']);
  });

  test('costs one patch beside the Secret that is wanted there', async () => {
    const ours = {
      ...state,
      pullSecrets: [...state.pullSecrets, 'ecr-pull'],
      ours: [...state.ours, 'ecr-pull'],
    };
    const things = { clusterPullSecrets: [everybody], secrets: [secret()], serviceAccounts: [ours] };
    expect(await patches(things)).toEqual(['patch ServiceAccount team/default']);
  });

  test('costs one patch where the only name that is configured is to go from there', async () => {
    const things = { secrets: [secret()], serviceAccounts: [state] };
    expect(await patches(things)).toEqual(['patch ServiceAccount team/default']);
  });

  test('costs one patch where its namespace is heard of later', async () => {
    const one = await started({ namespaces: [], serviceAccounts: [state] });
    expect(one.writes).toEqual([]);
    one.put({ namespaces: [namespace()] });
    await one.clock.elapse(0);
    expect(one.writes).toEqual(['patch ServiceAccount team/default']);
  });

  test('is served after everybody who waits, but for what the workers have begun with', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    const forged = names.map((name) => ({ ...state, namespace: `forged-${name}` }));
    const one = await started({
      clusterPullSecrets: [everybody],
      namespaces: [...names, ...forged.map((account) => account.namespace)].map((name) => namespace(name)),
      secrets: [...names, ...forged.map((account) => account.namespace)].map((name) =>
        secret({ namespace: name }),
      ),
      serviceAccounts: names.map((name) => ({ ...ATTACHED, namespace: name })),
    });
    one.writes.length = 0;
    const all = forged.map((account) => ({
      ...account,
      pullSecrets: [...account.pullSecrets, 'ecr-pull'],
      ours: [...account.ours, 'ecr-pull'],
    }));
    one.put({
      serviceAccounts: all,
      secrets: names.map((name) => secret({ namespace: name, intact: false, resourceVersion: '8' })),
    });
    await one.clock.elapse(2_000);
    const late = one.writes.slice(one.writes.findLastIndex((write) => write.startsWith('apply')) + 1);
    expect(one.writes.length).toBe(40);
    expect(late.length).toBeGreaterThanOrEqual(20 - WORKERS);
    expect(late.every((write) => write.startsWith('patch ServiceAccount forged-'))).toBe(true);
  });
});
