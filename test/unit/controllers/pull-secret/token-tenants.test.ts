import { describe, expect, test } from '@jest/globals';
import { clusterPullSecret, HOUR, NOW, namespace, pullSecret, type Things } from '../objects.ts';
import { token } from './pull-objects.ts';
import { passOverAll, tokenTrial } from './token-trial.ts';

/** So many scopes in one namespace, each of a PullSecret of its own. */
function scopesOf(count: number): Things {
  const secretNames = Array.from({ length: count }, (_, index) => `s${index}`);
  return {
    secretNames,
    namespaces: [namespace(), namespace('other')],
    clusterPullSecrets: [],
    pullSecrets: secretNames.map((secretName) =>
      pullSecret(secretName, { secretName, registries: [{ name: 'default', repositories: [secretName] }] }),
    ),
  };
}

describe('a namespace that asks for many new tokens', () => {
  test('gets so many at once, and the others later, which is told', async () => {
    const one = tokenTrial(scopesOf(42));
    const nexts = await passOverAll(one);
    expect([one.asked.length, nexts.at(-1)]).toEqual([40, { requeueAfterMs: 30_000 }]);
    expect(one.world.tokens.get('default|s41').failure).toEqual({
      reason: 'TooManyTokens',
      message:
        'the PullSecrets of namespace team asked for many new tokens in a short time: this one is asked for at 2026-01-01T12:00:30Z; let them share repositories or prefixes',
    });
    one.clock.advance(30_000);
    await one.pass('default|s41');
    expect([one.asked.length, one.world.tokens.get('default|s41').failure]).toEqual([41, undefined]);
  });

  test('renews what it has without any limit', async () => {
    const one = tokenTrial(scopesOf(40));
    await passOverAll(one);
    one.clock.advance(6 * HOUR);
    await passOverAll(one);
    one.clock.advance(6 * HOUR);
    await passOverAll(one);
    expect(one.asked.length).toBe(120);
  });

  test('does not pay for what a ClusterPullSecret wants, too', async () => {
    const things = scopesOf(41);
    const repositories = ['s40'];
    const one = tokenTrial({
      ...things,
      namespaces: [...(things.namespaces ?? []), namespace('x')],
      clusterPullSecrets: [
        clusterPullSecret('all', { secretName: 's40', registries: [{ name: 'default', repositories }] }),
      ],
    });
    await passOverAll(one);
    expect(one.asked.length).toBe(41);
  });

  test('pays for each token once, however often AWS refuses it', async () => {
    const one = tokenTrial(scopesOf(40));
    one.answer = new Error('no');
    for (let count = 0; count < 5; count += 1) {
      await passOverAll(one);
      one.clock.advance(60_000);
    }
    one.answer = 12 * HOUR;
    await passOverAll(one);
    expect([...one.world.demand.ids()].filter((id) => !one.world.tokens.get(id).token)).toEqual([]);
  });

  test('pays again for what ran out while nobody wanted it', async () => {
    const one = tokenTrial(scopesOf(41));
    const { demand } = one.world;
    const targets = Array.from({ length: 41 }, (_, index) => `team/s${index}`);
    const wanted = new Map(targets.map((target) => [target, demand.get(target)]));
    const [last = ''] = targets.slice(-1);
    demand.set(last, undefined);
    const ids = [...demand.ids()];
    await passOverAll(one);
    for (const target of targets) demand.set(target, undefined);
    one.clock.advance(13 * HOUR);
    for (const id of ids) await one.pass(id);
    for (const [target, before] of wanted) demand.set(target, before);
    const nexts = await passOverAll(one);
    expect([one.asked.length, nexts.at(-1)]).toEqual([80, { requeueAfterMs: 30_000 }]);
  });
});

describe('tokens that nobody wants any more', () => {
  test('are kept for a while, but not without a limit: the oldest go first', async () => {
    const one = tokenTrial({ clusterPullSecrets: [] });
    const ids = Array.from({ length: 505 }, (_, index) => `default|n${index}`);
    for (const id of ids) {
      one.world.tokens.set(id, { token: token({ id }) });
      await one.pass(id);
    }
    const kept = ids.filter((id) => one.world.tokens.get(id).token);
    expect([kept.length, kept[0]]).toEqual([500, 'default|n5']);
  });

  test('that are looked at again are the newest of them', async () => {
    const one = tokenTrial({ clusterPullSecrets: [] });
    const pass = async (id: string) => {
      one.world.tokens.set(id, { token: token({ id, expiresAt: NOW + HOUR }) });
      await one.pass(id);
    };
    await pass('default|first');
    for (let index = 0; index < 499; index += 1) await pass(`default|n${index}`);
    await one.pass('default|first');
    await pass('default|last');
    expect([one.world.tokens.get('default|first').token, one.world.tokens.get('default|n0').token]).toEqual([
      expect.anything(),
      undefined,
    ]);
  });

  test('are nobody’s to drop once somebody wants them again', async () => {
    const one = tokenTrial();
    await one.pass();
    const before = one.world.demand.get('team/ecr-pull');
    one.world.demand.set('team/ecr-pull', undefined);
    await one.pass();
    one.world.demand.set('team/ecr-pull', before);
    await one.pass();
    for (let index = 0; index < 501; index += 1) {
      one.world.tokens.set(`default|n${index}`, { token: token({ id: `default|n${index}` }) });
      await one.pass(`default|n${index}`);
    }
    expect(one.world.tokens.get('default|').token).toBeDefined();
  });
});
