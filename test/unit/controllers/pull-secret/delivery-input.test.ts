import { describe, expect, test } from '@jest/globals';
import {
  type DeliveryInput,
  inputOf,
  type LoginInput,
} from '../../../../src/controllers/pull-secret/delivery-input.ts';
import type { PullWorld } from '../../../../src/controllers/pull-secret/pull-world.ts';
import type { RegistryToken } from '../../../../src/controllers/pull-secret/token-store.ts';
import { clusterPullSecret, HOST, HOUR, NOW, namespace, registry, type Things, worldOf } from '../objects.ts';
import { cluster, demanded, login, secret, token, want } from './pull-objects.ts';

const TARGET = { namespace: 'team', secretName: 'ecr-pull' };
const FAILURE = { reason: 'AccessDenied', message: 'no' };

function world(things: Things, known?: RegistryToken): PullWorld {
  const one = demanded(
    worldOf({
      registries: [registry()],
      namespaces: [namespace()],
      clusterPullSecrets: [clusterPullSecret()],
      secrets: [secret()],
      ...things,
    }),
  );
  if (known) one.tokens.set('default|', { token: known });
  return one;
}

describe('the input for a target', () => {
  test('has its demand, its Secret, and each login that is wanted', () => {
    expect(inputOf(world({}, token({ replacesAll: false })), TARGET, NOW + HOUR)).toEqual({
      demand: { holder: cluster(), refused: undefined, wants: [want()], refusals: [] },
      retained: false,
      moving: false,
      secret: secret(),
      logins: [
        {
          want: want(),
          token: token({ replacesAll: false }),
          present: login(),
          isBeyond: false,
          isDue: false,
          failure: undefined,
        },
      ],
    } satisfies DeliveryInput);
  });

  test('has nothing where nobody wants anything and nothing is there', () => {
    const nothing = world({ clusterPullSecrets: [], secrets: [] });
    expect(inputOf(nothing, TARGET, NOW)).toEqual({
      demand: undefined,
      retained: false,
      moving: false,
      secret: undefined,
      logins: [],
    });
  });

  test.each<[string, Things, RegistryToken | undefined, number, Partial<LoginInput>]>([
    ['no token where there is none', {}, undefined, HOUR, { token: undefined, present: login() }],
    [
      'no token that has run out, nor what the Secret has of it',
      {},
      token(),
      12 * HOUR,
      { token: undefined, present: undefined },
    ],
    ['a token to its last moment', {}, token(), 12 * HOUR - 1, { token: token(), present: login() }],
    ['no token of another account', {}, token({ hosts: ['x'] }), HOUR, { token: undefined }],
    [
      'no token that lacks a host name of the Registry',
      { registries: [registry('default', { endpoint: { fips: true } })] },
      token(),
      HOUR,
      { token: undefined },
    ],
    [
      'no token with another host name in the place of one of them',
      { registries: [registry('default', { endpoint: { fips: true } })] },
      token({ hosts: [HOST, 'other.example'] }),
      HOUR,
      { token: undefined },
    ],
    [
      'a token whose hosts come in another order',
      { registries: [registry('default', { endpoint: { fips: true } })] },
      token({ hosts: ['123456789012.dkr.ecr-fips.us-east-1.amazonaws.com', HOST] }),
      HOUR,
      { token: expect.objectContaining({ password: 'hush' }) as never },
    ],
    ['no token of a Registry that is gone', { registries: [] }, token(), HOUR, { token: undefined }],
    [
      'nothing that a Secret has under another name for another host',
      { secrets: [secret({ logins: [login({ login: 'other', hosts: ['other.example'] })] })] },
      undefined,
      HOUR,
      { present: undefined },
    ],
    [
      'what a Secret has for the same hosts under a name that nobody wants any more',
      { secrets: [secret({ logins: [login({ login: 'other', id: 'other|' })] })] },
      undefined,
      HOUR,
      { present: login({ login: 'other', id: 'other|' }) },
    ],
    [
      'nothing under a name that is refused, though for the same hosts',
      {
        clusterPullSecrets: [
          clusterPullSecret('fleet', { registries: [{ name: 'default' }, { name: 'other' }] }),
        ],
        registries: [registry(), registry('other', { tenancy: { rules: [{ allow: ['Create'] }] } })],
        secrets: [secret({ logins: [login({ login: 'other', id: 'other|' })] })],
      },
      undefined,
      HOUR,
      { present: undefined },
    ],
    [
      'what a Secret has under that name, though of another scope',
      { secrets: [secret({ logins: [login({ id: 'default|x' })] })] },
      undefined,
      HOUR,
      { present: login({ id: 'default|x' }) },
    ],
  ])('has %s', (_what, things, known, after, expected) => {
    expect(inputOf(world(things, known), TARGET, NOW + after).logins[0]).toMatchObject(expected);
  });

  test('has the reason why there is no newer token', () => {
    const one = world({});
    one.tokens.set('default|', { token: token(), failure: FAILURE });
    expect(inputOf(one, TARGET, NOW).logins[0]).toMatchObject({ token: token(), failure: FAILURE });
  });
});

describe('what a Secret has is to be replaced', () => {
  /** The first of a start: a little younger than what the Secrets have. */
  const sparing = token({ replacesAll: false, rotateAt: NOW + 7 * HOUR });
  const rotation = { schedule: '0 13 * * *', timeZone: 'UTC' };

  test.each<[string, boolean, Things, RegistryToken | undefined, number]>([
    ['by a token that all take', true, {}, token(), 0],
    ['by the first of a start not before its time', false, {}, sparing, 6 * HOUR - 1],
    ['by the first of a start at its time', true, {}, sparing, 6 * HOUR],
    ['not by one that is due itself: it would be replaced again in a moment', false, {}, sparing, 7 * HOUR],
    ['not without a token', false, {}, undefined, 6 * HOUR],
    [
      'at a scheduled time that was missed while nobody was there',
      true,
      { clusterPullSecrets: [clusterPullSecret('all', { rotation })] },
      sparing,
      HOUR,
    ],
    [
      'not before the scheduled time',
      false,
      { clusterPullSecrets: [clusterPullSecret('all', { rotation })] },
      sparing,
      HOUR - 1,
    ],
    ['not where there is nothing', false, { secrets: [] }, sparing, 9 * HOUR],
  ])('%s: %s', (_when, expected, things, known, after) => {
    expect(inputOf(world(things, known), TARGET, NOW + after).logins[0]?.isDue).toBe(expected);
  });

  test('when its holder asks, and nobody else', () => {
    const annotations = { 'ecr-operator.io/rotate-requested-at': 'x' };
    const one = world({}, sparing);
    one.requests.see(cluster('other', {}, { annotations }), NOW + 1);
    expect(inputOf(one, TARGET, NOW + 2).logins[0]?.isDue).toBe(false);
    one.requests.see(cluster('all', {}, { annotations }), NOW + 1);
    expect(inputOf(one, TARGET, NOW + 2).logins[0]?.isDue).toBe(true);
  });
});
