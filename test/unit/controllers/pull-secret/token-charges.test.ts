import { describe, expect, test } from '@jest/globals';
import { createTokenBudget } from '../../../../src/controllers/pull-secret/token-budget.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { HOUR, NOW, namespace, pullSecret } from '../objects.ts';
import { demanded } from './pull-objects.ts';
import { passOverAll, type TokenTrial, tokenTrial } from './token-trial.ts';

/** So many scopes in one namespace, each of a PullSecret of its own. */
function scopesOf(count: number): TokenTrial {
  const secretNames = Array.from({ length: count }, (_, index) => `s${index}`);
  const registriesOf = (name: string) => [{ name: 'default', repositories: [name] }];
  return tokenTrial({
    secretNames,
    namespaces: [namespace()],
    clusterPullSecrets: [],
    pullSecrets: secretNames.map((secretName) =>
      pullSecret(secretName, { secretName, registries: registriesOf(secretName) }),
    ),
  });
}

/** Lets go of what these targets of the namespace `team` want. */
async function unwant(one: TokenTrial, secretNames: readonly string[]): Promise<void> {
  for (const name of secretNames) one.world.demand.set(`team/${name}`, undefined);
  for (const name of secretNames) await one.pass(`default|${name}`);
}

const failures = ({ world }: TokenTrial, ...ids: readonly string[]) =>
  ids.map((id) => world.tokens.get(`default|${id}`).failure?.reason);

describe('a namespace that asked for as many new tokens as it may', () => {
  test('is still known for it when ten thousand others ask', () => {
    const budget = createTokenBudget(createFakeClock(NOW));
    for (let count = 0; count < 40; count += 1) budget.take('team');
    for (let index = 0; index < 10_001; index += 1) budget.take(`n${index}`);
    expect([budget.take('team'), budget.take('other')]).toEqual([30_000, 0]);
  });

  test('gets what it wanted before again without paying, while that is good', async () => {
    const one = scopesOf(40);
    await passOverAll(one);
    await unwant(one, ['s0']);
    demanded(one.world);
    await one.pass('default|s0');
    expect([one.asked.length, failures(one, 's0')]).toEqual([40, [undefined]]);
  });

  test('pays again for what it wanted before, once that has run out', async () => {
    const one = scopesOf(41);
    const names = one.world.secretNames;
    await unwant(one, names);
    demanded(one.world);
    for (const name of names.slice(0, 40)) await one.pass(`default|${name}`);
    one.clock.advance(12 * HOUR);
    await unwant(one, names);
    demanded(one.world);
    for (const name of names) await one.pass(`default|${name}`);
    expect(one.asked.length).toBe(80);
    expect(failures(one, 's39', 's40')).toEqual([undefined, 'TooManyTokens']);
  });

  test('is told once for each token that waits, not again when another one takes its turn', async () => {
    const one = scopesOf(42);
    await passOverAll(one);
    one.clock.advance(30_000);
    await one.pass('default|s40');
    expect(await one.pass('default|s41')).toEqual({ requeueAfterMs: 30_000 });
    expect(one.told.filter(([id]) => id === 'default|s41')).toHaveLength(1);
  });
});

test('a token that is wanted again does not make room for those that nobody wants', async () => {
  const one = scopesOf(502);
  for (const id of one.world.demand.ids()) {
    await one.pass(id);
    one.clock.advance(30_000);
  }
  await unwant(one, ['s0']);
  demanded(one.world);
  await one.pass('default|s0');
  await unwant(one, one.world.secretNames.slice(1));
  expect(one.world.tokens.get('default|s0').token).toBeDefined();
  expect(one.world.tokens.get('default|s1').token).toBeUndefined();
});
