import { describe, expect, test } from '@jest/globals';
import { deliveryReconciler } from '../../../../src/controllers/pull-secret/deliver.ts';
import type { SecretState } from '../../../../src/controllers/pull-secret/secret-state.ts';
import type { KubeClient } from '../../../../src/runtime/kube-client.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { clusterPullSecret, NOW, namespace, registry, worldOf } from '../objects.ts';
import { ATTACHED, demanded, login, secret, token } from './pull-objects.ts';

const APPLY = 'apply Secret';

/** Deliveries to `team/ecr-pull` beside an API server that gives each Secret version 8, and a cache that a test fills. */
function trial(before?: SecretState) {
  const clock = createFakeClock(NOW);
  const things = { registries: [registry()], clusterPullSecrets: [clusterPullSecret()] };
  const state: { cached: SecretState | undefined } = { cached: before };
  const namespaces = new Map([['team', namespace()]]);
  const world = {
    ...worldOf({ ...things, namespaces: [namespace()], serviceAccounts: [ATTACHED] }),
    namespaces: namespaces as never,
    secret: () => state.cached,
  };
  demanded(world).tokens.set('default|', { token: token() });
  const writes: string[] = [];
  const client: Partial<KubeClient> = {
    async apply({ kind }) {
      writes.push(`apply ${kind}`);
      return { metadata: { resourceVersion: '8' } } as never;
    },
    async delete({ kind }) {
      writes.push(`delete ${kind}`);
      return undefined as never;
    },
  };
  const deliver = deliveryReconciler({
    world,
    client: client as KubeClient,
    clock,
    onResult: () => undefined,
  });
  const pass = () => deliver('team/ecr-pull');
  return { clock, world, namespaces, state, writes, pass };
}

const EDITED = secret({ intact: false });
const written = (resourceVersion: string) => secret({ resourceVersion, intact: resourceVersion !== '7' });

describe('a delivery whose last write the watch has not shown yet', () => {
  test.each<[string, SecretState | undefined]>([
    ['a new Secret', undefined],
    ['one that was there', EDITED],
  ])('waits for it, and writes nothing, after %s', async (_what, before) => {
    const one = trial(before);
    expect([await one.pass(), await one.pass(), one.writes]).toEqual([
      {},
      { requeueAfterMs: 1_000 },
      [APPLY],
    ]);
  });

  test.each<[string, SecretState | undefined, string[]]>([
    ['has nothing to do when it has come', written('8'), [APPLY]],
    ['has nothing to do when a later one has come', written('10'), [APPLY]],
    ['puts right what a later one is not', { ...EDITED, resourceVersion: '9' }, [APPLY, APPLY]],
  ])('%s', async (_what, cached, expected) => {
    const one = trial();
    await one.pass();
    one.state.cached = cached;
    expect([await one.pass(), one.writes]).toEqual([{}, expected]);
  });

  test('waits a second and no longer: the Secret may have gone again meanwhile', async () => {
    const one = trial();
    await one.pass();
    one.clock.advance(999);
    expect(await one.pass()).toEqual({ requeueAfterMs: 1 });
    one.clock.advance(1);
    expect([await one.pass(), one.writes]).toEqual([{}, [APPLY, APPLY]]);
  });

  test('waits for nothing once its namespace was gone', async () => {
    const one = trial();
    await one.pass();
    one.namespaces.delete('team');
    await one.pass();
    one.namespaces.set('team', namespace());
    expect([await one.pass(), one.writes]).toEqual([{}, [APPLY, APPLY]]);
  });

  test('waits before it takes away, too: by an older version that would be refused', async () => {
    const one = trial(EDITED);
    await one.pass();
    one.world.demand.set('team/ecr-pull', undefined);
    expect([await one.pass(), one.writes]).toEqual([{ requeueAfterMs: 1_000 }, [APPLY]]);
    one.state.cached = written('8');
    await one.pass();
    expect(one.writes[1]).toBe('delete Secret');
  });

  test('is none where all was well', async () => {
    const one = trial(secret({ logins: [login()] }));
    expect([await one.pass(), await one.pass(), one.writes]).toEqual([{}, {}, []]);
  });
});
