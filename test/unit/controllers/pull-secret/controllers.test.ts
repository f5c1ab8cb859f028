import { afterEach, describe, expect, test } from '@jest/globals';
import { clusterPullSecret, HOUR, NOW, namespace, pullSecret, registry, type Things } from '../objects.ts';
import { ATTACHED, login, secret, serviceAccount } from './pull-objects.ts';
import { type Wired, wired } from './wired.ts';

const running: Wired[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

/** Controllers that have done all there is to do with `things` at the start. */
async function started(things: Things, ms = 2_000): Promise<Wired> {
  const one = wired({ registries: [registry()], ...things });
  running.push(one);
  await one.clock.elapse(ms);
  return one;
}

const FINALIZER = { finalizers: ['ecr-operator.io/finalizer'] };
const all = (spec: Parameters<typeof clusterPullSecret>[1] = {}, more: object = {}) =>
  clusterPullSecret('all', spec, { ...FINALIZER, ...more });

describe('at the start', () => {
  const names = Array.from({ length: 20 }, (_, index) => `n${index}`);

  test('nothing is taken away, and nothing written where all is well, for one token', async () => {
    const one = await started({
      clusterPullSecrets: [all()],
      namespaces: names.map((name) => namespace(name)),
      secrets: names.map((name) => secret({ namespace: name })),
      serviceAccounts: names.map((name) => ({ ...ATTACHED, namespace: name })),
    });
    expect([one.writes, one.asked]).toEqual([[], ['default']]);
  });

  test('what nobody wants any more goes: Secrets, entries, and entries under names of before', async () => {
    const old = { pullSecrets: ['old'], ours: ['old'], annotated: true };
    const one = await started({
      namespaces: [namespace('a'), namespace('b')],
      secrets: [secret({ namespace: 'a' })],
      serviceAccounts: [{ ...ATTACHED, namespace: 'a' }, serviceAccount({ namespace: 'b', ...old })],
    });
    expect(new Set(one.writes)).toEqual(
      new Set([
        'delete Secret a/ecr-pull',
        'patch ServiceAccount a/default',
        'patch ServiceAccount b/default',
      ]),
    );
    expect(one.asked).toEqual([]);
  });
});

describe('at once', () => {
  test('a new namespace gets its Secret, and its ServiceAccount names it', async () => {
    const one = await started({ clusterPullSecrets: [all()] });
    one.writes.length = 0;
    one.put({ namespaces: [namespace('new')], serviceAccounts: [serviceAccount({ namespace: 'new' })] });
    await one.clock.elapse(0);
    expect(new Set(one.writes)).toEqual(
      new Set(['apply Secret new/ecr-pull', 'patch ServiceAccount new/default']),
    );
    expect(one.asked).toEqual(['default']);
  });

  test('a label that changes moves the Secret out', async () => {
    const labels = { pull: 'yes' };
    const one = await started({
      clusterPullSecrets: [all({ namespaceSelector: { matchLabels: labels } })],
      namespaces: [namespace('team', { labels })],
      secrets: [secret()],
      serviceAccounts: [ATTACHED],
    });
    expect(one.writes).toEqual([]);
    one.put({ namespaces: [namespace('team', { labels: {} })] });
    await one.clock.elapse(0);
    expect(one.writes).toEqual(['delete Secret team/ecr-pull', 'patch ServiceAccount team/default']);
  });

  test('a Secret that somebody edited is put right', async () => {
    const one = await started({
      clusterPullSecrets: [all()],
      namespaces: [namespace()],
      secrets: [secret()],
      serviceAccounts: [ATTACHED],
    });
    one.put({ secrets: [secret({ intact: false })] });
    await one.clock.elapse(0);
    expect(one.writes).toEqual(['apply Secret team/ecr-pull']);
  });

  test('a token is asked for again when the Registry has other credentials', async () => {
    const one = await started({ clusterPullSecrets: [all()], namespaces: [namespace()] });
    const pullRoleArn = 'arn:aws:iam::123456789012:role/pull';
    one.put({ registries: [registry('default', { pullRoleArn }, { generation: 2 })] });
    await one.clock.elapse(0);
    expect(one.asked).toEqual(['default', 'default']);
  });
});

describe('tokens', () => {
  test('are one for all that want the same, and one write takes those of several Registries', async () => {
    const registries = [{ name: 'default' }, { name: 'other' }];
    const things: Things = {
      registries: [registry(), registry('other', { region: 'eu-west-1' })],
      clusterPullSecrets: [all({ registries, serviceAccounts: { mode: 'None' } })],
      pullSecrets: [
        pullSecret('own', { serviceAccounts: { mode: 'None' } }, { namespace: 'c', ...FINALIZER }),
      ],
      namespaces: ['a', 'b', 'c'].map((name) => namespace(name)),
    };
    // No longer than that: no watch brings what was written.
    const one = await started(things, 100);
    expect(one.asked.toSorted()).toEqual(['default', 'other']);
    expect(one.writes.toSorted()).toEqual(['a', 'b', 'c'].map((name) => `apply Secret ${name}/ecr-pull`));
  });

  test('that came at the start serve where AWS is down when a Secret comes due', async () => {
    const old = login({ issuedAt: NOW - 5 * HOUR, rotateAt: NOW + HOUR, expiresAt: NOW + 7 * HOUR });
    const one = await started({
      clusterPullSecrets: [all()],
      namespaces: [namespace()],
      secrets: [secret({ logins: [old] })],
      serviceAccounts: [ATTACHED],
    });
    one.isDown = true;
    await one.clock.elapse(HOUR + 50_000);
    expect(one.writes).toEqual([]);
    await one.clock.elapse(20_000);
    expect(one.writes).toEqual(['apply Secret team/ecr-pull']);
  });

  test('are there before the first namespace is', async () => {
    const one = await started({ clusterPullSecrets: [all()] });
    expect(one.asked).toEqual(['default']);
  });

  test.each<[string, Things]>([
    ['with a namespace', { namespaces: [namespace()], secrets: [secret()], serviceAccounts: [ATTACHED] }],
    ['without any', {}],
  ])('are not renewed for what is suspended, %s', async (_how, things) => {
    const one = await started({ clusterPullSecrets: [all()], ...things });
    one.put({ clusterPullSecrets: [all({ suspend: true }, { generation: 2 })] });
    await one.clock.elapse(24 * HOUR);
    expect(one.asked).toEqual(['default']);
  });

  test.each<[string, Things]>([
    ['with a namespace', { namespaces: [namespace()] }],
    ['without any', {}],
  ])('are not renewed for what is gone without a word, %s', async (_how, things) => {
    const one = await started({ clusterPullSecrets: [all()], ...things });
    one.remove('clusterPullSecrets', 'all');
    await one.clock.elapse(24 * HOUR);
    expect([one.asked, [...one.world.demand.ids()]]).toEqual([['default'], []]);
  });
});
