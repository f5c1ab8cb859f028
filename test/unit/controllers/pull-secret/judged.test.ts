import { describe, expect, test } from '@jest/globals';
import { inputOf } from '../../../../src/controllers/pull-secret/delivery-input.ts';
import type { Login } from '../../../../src/controllers/pull-secret/logins.ts';
import type { RegistryToken } from '../../../../src/controllers/pull-secret/token-store.ts';
import {
  clusterPullSecret,
  HOUR,
  NOW,
  namespace,
  pullSecret,
  registry,
  type Things,
  worldOf,
} from '../objects.ts';
import { demanded, login, secret, token } from './pull-objects.ts';

const TARGET = { namespace: 'team', secretName: 'ecr-pull' };
const MINUTE = 60_000;
const DAY = 24 * HOUR;

function input(things: Things, known?: RegistryToken) {
  const world = demanded(
    worldOf({
      registries: [registry()],
      namespaces: [namespace()],
      clusterPullSecrets: [clusterPullSecret()],
      secrets: [secret()],
      ...things,
    }),
  );
  if (known) world.tokens.set('default|', { token: known });
  return inputOf(world, TARGET, NOW);
}

describe('a Secret that says it is as we wrote it', () => {
  test.each<[string, boolean, Partial<Login>, RegistryToken | undefined]>([
    ['is believed where it has the token that we have', true, {}, token()],
    ['is believed where it has an older one', true, { issuedAt: NOW - HOUR }, token()],
    ['is believed where we have none', true, { expiresAt: NOW + 900 * DAY }, undefined],
    ['is believed of a login of another scope', true, { id: 'default|x', expiresAt: NOW + 9 * DAY }, token()],
    ['is believed of seconds', true, {}, token({ issuedAt: NOW + 999, expiresAt: NOW + 12 * HOUR + 999 })],
    ['is not believed with a token that is newer than ours', false, { issuedAt: NOW + 1_000 }, token()],
    ['is not believed with another life of the same token', false, { expiresAt: NOW + 9 * DAY }, token()],
    [
      'is believed with a token of a clock that is a little ahead',
      true,
      { issuedAt: NOW + 5 * MINUTE },
      undefined,
    ],
    ['is not believed with a token of the future', false, { issuedAt: NOW + 6 * MINUTE }, undefined],
  ])('%s: %s', (_what, expected, more, known) => {
    expect(input({ secrets: [secret({ logins: [login(more)] })] }, known).secret?.intact).toBe(expected);
  });

  test('is not believed at all where one of its logins is not so', () => {
    const forged = login({ login: 'other', id: 'other|', issuedAt: NOW + HOUR });
    const { secret: found } = input({ secrets: [secret({ logins: [login(), forged] })] }, token());
    expect(found?.intact).toBe(false);
  });

  test('is no more believed than it was where somebody edited it', () => {
    expect(input({ secrets: [secret({ intact: false })] }, token()).secret?.intact).toBe(false);
  });
});

describe('a Secret under the old name of its holder', () => {
  const renamed = clusterPullSecret('all', { secretName: 'second' });
  const two = { secretNames: ['ecr-pull', 'second'] };

  test.each<[string, boolean, Things]>([
    ['stays until the new one is there', true, { ...two, clusterPullSecrets: [renamed] }],
    [
      'goes when the new one is there',
      false,
      { ...two, clusterPullSecrets: [renamed], secrets: [secret(), secret({ name: 'second' })] },
    ],
    ['goes where the new name may not be written', false, { clusterPullSecrets: [renamed] }],
    ['goes where the holder is gone', false, { ...two, clusterPullSecrets: [] }],
    ['goes where the name is the same', false, { ...two, clusterPullSecrets: [clusterPullSecret()] }],
    [
      'goes where the holder does not reach into the namespace any more',
      false,
      {
        ...two,
        clusterPullSecrets: [clusterPullSecret('all', { secretName: 'second', excludeNamespaces: ['team'] })],
      },
    ],
    [
      'is none of one that names another holder',
      false,
      {
        ...two,
        clusterPullSecrets: [renamed],
        pullSecrets: [pullSecret('x', { secretName: 'second' })],
        secrets: [secret({ holder: 'PullSecret/y' })],
      },
    ],
    [
      'is none of somebody else',
      false,
      { ...two, clusterPullSecrets: [renamed], secrets: [secret({ managed: false })] },
    ],
  ])('%s: %s', (_what, expected, things) => {
    expect(input(things).moving).toBe(expected);
  });
});
