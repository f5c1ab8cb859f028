import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import type { PullWorld } from '../../../../src/controllers/pull-secret/pull-world.ts';
import { survey, type TokenLife, wider } from '../../../../src/controllers/pull-secret/survey.ts';
import { clusterPullSecret, HOUR, NOW, namespace, registry, type Things, worldOf } from '../objects.ts';
import { demanded, login, secret, token } from './pull-objects.ts';

const OLD = login({ issuedAt: NOW - HOUR, expiresAt: NOW + 11 * HOUR, rotateAt: NOW + 5 * HOUR });
const FAILURE = { reason: 'AccessDenied', message: 'no' };

type Spec = Parameters<typeof clusterPullSecret>[1];

function trial(things: Things, spec: Spec = {}): { readonly world: PullWorld; readonly claim: Claim } {
  const object = clusterPullSecret('all', spec);
  const registries = [registry(), registry('other')];
  const world = demanded(
    worldOf({ registries, namespaces: [namespace()], clusterPullSecrets: [object], ...things }),
  );
  return { world, claim: { kind: 'ClusterPullSecret', object } };
}

describe('the life of a login', () => {
  const well: TokenLife = {
    login: 'default',
    ids: new Set(['default|']),
    scope: 'PullOnly',
    issuedAt: NOW,
    expiresAt: NOW + 12 * HOUR,
    rotateAt: NOW + 6 * HOUR,
    failure: undefined,
  };
  const old = { issuedAt: OLD.issuedAt, expiresAt: OLD.expiresAt, rotateAt: OLD.rotateAt };
  const unknown = { scope: undefined, issuedAt: undefined, expiresAt: undefined, rotateAt: undefined };
  const two = [namespace(), namespace('b')];

  test.each<[string, Things, ReturnType<typeof token> | undefined, Partial<TokenLife>]>([
    [
      'is that of the one that runs out first in a Secret',
      { namespaces: two, secrets: [secret(), secret({ namespace: 'b', logins: [OLD] })] },
      token(),
      old,
    ],
    ['is that of the newest token where none is in a Secret', {}, token(), {}],
    ['is that in the Secret after a start', { secrets: [secret({ logins: [OLD] })] }, undefined, old],
    ['is not known without any', {}, undefined, unknown],
    [
      'is not what an edited Secret says of itself',
      { secrets: [secret({ intact: false, logins: [OLD] })] },
      token(),
      {},
    ],
    [
      'is not what a stranger’s Secret says of itself',
      { secrets: [secret({ managed: false, logins: [OLD] })] },
      token(),
      {},
    ],
    [
      'is not that of another login in the Secret',
      { secrets: [secret({ logins: [login({ login: 'x', expiresAt: NOW })] })] },
      token(),
      {},
    ],
    [
      'has the widest scope that is in use',
      { secrets: [secret({ logins: [login({ scope: 'Identity' })] })] },
      token({ scope: 'Scoped' }),
      { scope: 'Identity' },
    ],
    [
      'has the scope of the token where it is wider',
      { secrets: [secret({ logins: [login({ scope: 'Scoped' })] })] },
      token(),
      {},
    ],
  ])('%s', (_what, things, known, expected) => {
    const { world, claim } = trial(things);
    if (known) world.tokens.set('default|', { token: known });
    expect(survey(world, claim, NOW).lives).toEqual([{ ...well, ...expected }]);
  });

  test('ends before a scheduled time, if that comes first', () => {
    const at = (hour: number) => trial({}, { rotation: { schedule: `0 ${hour} * * *`, timeZone: 'UTC' } });
    const next = [at(15), at(20)].map(({ world, claim }) => {
      world.tokens.set('default|', { token: token() });
      return survey(world, claim, NOW).lives[0]?.rotateAt;
    });
    expect(next).toEqual([NOW + 3 * HOUR, NOW + 6 * HOUR]);
  });

  test('is told with why it could not be renewed', () => {
    const { world, claim } = trial({ secrets: [secret()] });
    world.tokens.set('default|', { token: token(), failure: FAILURE });
    expect(survey(world, claim, NOW).lives[0]?.failure).toEqual(FAILURE);
  });

  test('is one for each login, in the order of the spec, however many tokens there are of it', () => {
    const rules = ['a', 'b'].map((name) => ({
      allow: ['Pull' as const],
      namespaceSelector: { matchLabels: { name } },
      repositoryPrefixes: [name],
    }));
    const { world, claim } = trial(
      {
        registries: [registry('default', { tenancy: { rules } }), registry('other')],
        namespaces: ['a', 'b'].map((name) => namespace(name, { labels: { name } })),
      },
      { registries: [{ name: 'other' }, { name: 'default' }] },
    );
    world.tokens.set('default|a,a/*', { token: token({ scope: 'Scoped' }) });
    world.tokens.set('default|b,b/*', {
      token: token({ issuedAt: NOW + 1, expiresAt: NOW + 2 }),
      failure: FAILURE,
    });
    expect(
      survey(world, claim, NOW).lives.map(({ login: name, ids, expiresAt, failure }) => [
        name,
        [...ids],
        expiresAt,
        failure,
      ]),
    ).toEqual([
      ['other', ['other|'], undefined, undefined],
      ['default', ['default|a,a/*', 'default|b,b/*'], NOW + 2, FAILURE],
    ]);
  });

  test('of all logins, the oldest that is in use says whether a rotation is done', () => {
    const { world, claim } = trial(
      { secrets: [secret({ logins: [OLD] })] },
      {
        registries: [{ name: 'default' }, { name: 'other' }],
      },
    );
    expect(survey(worldOf(), claim, NOW).oldestIssuedAt).toBeUndefined();
    expect(survey(world, claim, NOW).oldestIssuedAt).toBe(OLD.issuedAt);
    world.tokens.set('other|', { token: token({ issuedAt: NOW - 2 * HOUR }) });
    expect(survey(world, claim, NOW).oldestIssuedAt).toBe(NOW - 2 * HOUR);
    world.tokens.set('other|', { token: token() });
    expect(survey(world, claim, NOW).oldestIssuedAt).toBe(OLD.issuedAt);
  });
});

test.each([
  ['Scoped', 'PullOnly', 'PullOnly'],
  ['PullOnly', 'Identity', 'Identity'],
  ['Scoped', 'Identity', 'Identity'],
  ['Scoped', 'Scoped', 'Scoped'],
  [undefined, 'Scoped', 'Scoped'],
  [undefined, undefined, undefined],
] as const)('the wider of %s and %s is %s', (a, b, expected) => {
  expect([wider(a, b), wider(b, a)]).toEqual([expected, expected]);
});
