import { describe, expect, test } from '@jest/globals';
import { clusterPullSecret } from '../objects.ts';
import { claimTrial } from './claim-trial.ts';

const NOWHERE = { namespaceSelector: { matchLabels: { pull: 'yes' } } };
const ASKING = { annotations: { 'ecr-operator.io/rotate-requested-at': 'one' } };

const of = (generation: number, suspend = false) =>
  clusterPullSecret('all', { ...NOWHERE, suspend }, { generation });

describe('the token of a claim that reaches no namespace', () => {
  test.each([
    ['is looked at again when the claim is no longer suspended', [of(1, true), of(2)], 2],
    ['is looked at again with each change of the claim', [of(1), of(2), of(3)], 3],
    ['is not looked at again where the claim is as it was', [of(1), of(1), of(1)], 1],
  ])('%s', async (_what, objects, expected) => {
    const one = claimTrial({ object: of(1), things: { secrets: [] } });
    for (const object of objects) await one.pass(object);
    expect(one.requested).toEqual(Array.from({ length: expected }, () => 'default|'));
  });
});

describe('a rotation that was asked for', () => {
  test('is forgotten with the claim: the next one of that name and uid asks anew', async () => {
    const object = clusterPullSecret('all', {}, ASKING);
    const one = claimTrial({ object, after: 1_000 });
    await one.pass();
    const claim = { kind: 'ClusterPullSecret', object } as const;
    expect(one.world.requests.get(claim)?.value).toBe('one');
    await one.finalize();
    expect(one.world.requests.get(claim)).toBeUndefined();
  });

  test('is not done by a claim that is made anew under the name before the old one is let go', async () => {
    const object = clusterPullSecret('all', {}, ASKING);
    const one = claimTrial({ object, after: 1_000 });
    await one.pass();
    await one.pass(clusterPullSecret('all', {}, { ...ASKING, uid: 'anew' }));
    await one.finalize();
    const anew = clusterPullSecret('all', {}, { uid: 'anew' });
    expect(one.world.requests.get({ kind: 'ClusterPullSecret', object: anew })?.value).toBe('one');
  });
});
