import { expect, test } from '@jest/globals';
import type { PullSecret } from '../../../../src/api/pull-secret.generated.ts';
import { pullSecretReconciler } from '../../../../src/controllers/pull-secret/pull-secret.ts';
import type { Closure } from '../../../../src/runtime/reach.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { NOW, namespace, pullSecret, registry, worldOf } from '../objects.ts';
import { demanded } from './pull-objects.ts';

const GOING = pullSecret('mine', { deletionPolicy: 'Retain' }, { deletionTimestamp: '2026-01-01T00:00:00Z' });
const CLOSED: Closure = { namespace: 'team', what: 'serviceaccounts', message: 'no' };

/** Finalizes a PullSecret whose namespace is, or is not, among those that can be read. */
function finalized(isReadable: boolean, closures: (() => readonly Closure[]) | undefined) {
  const namespaces = isReadable ? [namespace()] : [];
  const world = demanded(worldOf({ registries: [registry()], namespaces, pullSecrets: [GOING] }));
  const { finalize } = pullSecretReconciler<PullSecret>({
    world,
    clock: createFakeClock(NOW),
    installation: {
      secretNames: ['ecr-pull'],
      serviceAccountNames: undefined,
      repairPods: false,
      ...(closures ? { closures } : {}),
    },
    claimOf: (object) => ({ kind: 'PullSecret', object }),
    onRequest: () => undefined,
  });
  return finalize(GOING);
}

test('a PullSecret in a watched namespace that cannot be read is not let go, and says what is missing', async () => {
  const words = expect.stringContaining('cannot be read');
  expect(await finalized(false, () => [CLOSED])).toEqual({
    status: {},
    conditions: [
      { type: 'Delivered', status: 'False', reason: 'Withdrawing', message: words },
      expect.objectContaining({ type: 'Accepted', status: 'False', reason: 'NamespaceClosed' }),
    ],
  });
});

test.each<[string, boolean, (() => readonly Closure[]) | undefined]>([
  ['where the namespace can be read', true, () => []],
  [
    'where rights are those of the whole cluster, and a namespace that is not there is gone',
    false,
    undefined,
  ],
])('it goes with what is in it %s', async (_, isReadable, closures) => {
  expect(await finalized(isReadable, closures)).toBe('released');
});
