import { describe, expect, test } from '@jest/globals';
import { KubeError } from '../../../../src/runtime/kube-errors.ts';
import { clusterPullSecret, namespace, type stored } from '../objects.ts';
import { type DeliveryTrial, deliveryTrial, WANTED } from './delivery-trial.ts';
import { secret, serviceAccount } from './pull-objects.ts';

const CONFLICT = new KubeError(409, 'Conflict', 'no');
const RETRY = { retry: { kind: 'backoff' } };

function result({ world }: DeliveryTrial) {
  return world.results.get('team/ecr-pull');
}

describe('a delivery that fails', () => {
  test.each<[string, string, Error, string]>([
    [
      'Secret that the cache has not seen',
      'apply Secret',
      CONFLICT,
      'Secret ecr-pull changed meanwhile, trying again',
    ],
    [
      'Secret of the same name that has another uid',
      'apply Secret',
      new KubeError(422, 'Invalid', 'Secret is invalid: metadata.uid: Invalid value: field is immutable'),
      'Secret ecr-pull changed meanwhile, trying again',
    ],
    [
      'ServiceAccount whose version is not that of the patch',
      'patch ServiceAccount default',
      new KubeError(422, 'Invalid', 'the server rejected our request'),
      'ServiceAccount default changed meanwhile, trying again',
    ],
  ])('beside a %s is tried again, three times without a word', async (_what, what, error, message) => {
    const one = deliveryTrial();
    one.failures[what] = error;
    for (let count = 0; count < 3; count += 1) {
      expect([await one.pass(), result(one), one.told]).toEqual([RETRY, undefined, []]);
    }
    expect([await one.pass(), result(one)]).toEqual([RETRY, { reason: 'Conflict', message }]);
    delete one.failures[what];
    expect([await one.pass(), result(one)]).toEqual([{}, undefined]);
    one.failures[what] = error;
    await one.pass();
    expect(result(one)).toBeUndefined();
  });

  test('meets as many quiet conflicts in a namespace that was gone meanwhile', async () => {
    const one = deliveryTrial();
    one.failures['apply Secret'] = CONFLICT;
    for (let count = 0; count < 3; count += 1) await one.pass();
    const namespaces = one.world.namespaces as ReturnType<typeof stored>;
    namespaces.remove('team');
    await one.pass();
    namespaces.set('team', namespace(), '2');
    await one.pass();
    expect(result(one)).toBeUndefined();
  });

  test('for another reason is told at once', async () => {
    const one = deliveryTrial();
    one.failures['apply Secret'] = new KubeError(403, 'Forbidden', 'exceeded quota');
    expect([await one.pass(), result(one), one.writes]).toEqual([
      RETRY,
      { reason: 'KubernetesForbidden', message: 'exceeded quota' },
      ['apply Secret'],
    ]);
  });

  test('says what to do with a Secret that cannot become ours', async () => {
    const handed = secret({ managed: false, handedOver: true });
    const one = deliveryTrial({ ...WANTED, secrets: [handed] });
    one.failures['apply Secret, forced'] = new KubeError(422, 'Invalid', 'type: field is immutable');
    expect([await one.pass(), result(one)]).toEqual([
      RETRY,
      {
        reason: 'SecretInvalid',
        message:
          'the API server does not take Secret ecr-pull: type: field is immutable; delete it, and it is made anew',
      },
    ]);
  });

  test('in a namespace that turns out to be going is no failure', async () => {
    const words = 'unable to create new content in namespace team because it is being terminated';
    const one = deliveryTrial();
    one.failures['apply Secret'] = new KubeError(403, 'Forbidden', words);
    expect([await one.pass(), result(one)]).toEqual([{}, undefined]);
  });

  test('for one ServiceAccount serves the others and the Secret', async () => {
    const one = deliveryTrial({
      ...WANTED,
      clusterPullSecrets: [clusterPullSecret('all', { serviceAccounts: { mode: 'All' } })],
      serviceAccounts: ['a', 'b', 'c'].map((name) => serviceAccount({ name })),
    });
    one.failures['patch ServiceAccount a'] = new KubeError(403, 'Forbidden', 'no right');
    expect([await one.pass(), result(one)?.message, one.writes]).toEqual([
      RETRY,
      'no right',
      ['apply Secret', 'patch ServiceAccount a', 'patch ServiceAccount b', 'patch ServiceAccount c'],
    ]);
  });
});
