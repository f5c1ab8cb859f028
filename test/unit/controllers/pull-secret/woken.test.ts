import { afterEach, describe, expect, test } from '@jest/globals';
import { KubeError } from '../../../../src/runtime/kube-errors.ts';
import { clusterPullSecret, namespace, pullSecret, registry, type Things } from '../objects.ts';
import { secret } from './pull-objects.ts';
import { type Wired, wired } from './wired.ts';

const running: Wired[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

/** Controllers that have just begun, two Registries, and an AWS that refuses what is told. */
async function begun(things: Things, isDown: Wired['isDown'] = false): Promise<Wired> {
  const one = wired({ registries: [registry(), registry('other', { region: 'eu-west-1' })], ...things });
  running.push(one);
  one.isDown = isDown;
  await one.clock.elapse(0);
  return one;
}

const NONE = { serviceAccounts: { mode: 'None' as const } };
const FINALIZER = { finalizers: ['ecr-operator.io/finalizer'] };
const all = (spec: Parameters<typeof clusterPullSecret>[1] = {}) =>
  clusterPullSecret('all', { ...NONE, ...spec }, FINALIZER);
const BOTH = { registries: [{ name: 'default' }, { name: 'other' }] };

describe('the status of a pull secret', () => {
  test('tells of a token that does not come, and of one that came, though no Secret changes', async () => {
    const things = { namespaces: [namespace()], clusterPullSecrets: [all()], secrets: [secret()] };
    const one = await begun(things, true);
    await one.clock.elapse(300);
    expect(one.reasons['all']).toContain('AWSUnavailable');
    one.isDown = false;
    await one.clock.elapse(10_000);
    expect(one.reasons['all']).not.toContain('AWSUnavailable');
    expect(one.writes).toEqual([]);
  });

  test('tells of a namespace that cannot be served, to those of its name only', async () => {
    const one = await begun({
      namespaces: [namespace()],
      clusterPullSecrets: [all()],
      pullSecrets: [pullSecret('x', { ...NONE, secretName: 'x' }, FINALIZER)],
    });
    one.failures['apply Secret team/ecr-pull'] = new KubeError(403, 'Forbidden', 'no right');
    one.put({ namespaces: [namespace('team', { labels: { a: 'b' } })] });
    await one.clock.elapse(300);
    expect(one.reasons['all']).toContain('KubernetesForbidden');
    delete one.failures['apply Secret team/ecr-pull'];
    delete one.reasons['x'];
    await one.clock.elapse(5_000);
    expect(one.reasons['all']).not.toContain('KubernetesForbidden');
    expect(one.reasons['x']).toBeUndefined();
  });
});

describe('a Secret that waits for two tokens', () => {
  const things: Things = { namespaces: [namespace()], clusterPullSecrets: [all(BOTH)] };

  test('waits no longer once one of them cannot be had', async () => {
    const one = await begun(things, 'other');
    expect(one.writes).toEqual(['apply Secret team/ecr-pull']);
  });

  test('is not written for a failure where it is there', async () => {
    const one = await begun({ ...things, secrets: [secret()] }, true);
    await one.clock.elapse(5_000);
    expect(one.writes).toEqual([]);
  });
});

test('all tokens of a Registry are asked for as soon as it answers again', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const one = await begun(
    {
      namespaces: names.map((name) => namespace(name)),
      pullSecrets: names.map((name) =>
        pullSecret(
          'p',
          { ...NONE, registries: [{ name: 'default', repositories: [name] }] },
          { namespace: name, ...FINALIZER },
        ),
      ),
    },
    true,
  );
  await one.clock.elapse(20_000);
  one.isDown = false;
  one.asked.length = 0;
  one.answersAfterMs = 50;
  const missing = () => [...one.world.demand.ids()].filter((id) => !one.world.tokens.get(id).token).length;
  for (let waited = 0; one.asked.length === 0 && waited < 10_000; waited += 10) await one.clock.elapse(10);
  expect([one.asked.length, missing()]).toEqual([1, names.length]);
  await one.clock.elapse(300);
  expect([one.asked.length, missing()]).toEqual([names.length, 0]);
});
