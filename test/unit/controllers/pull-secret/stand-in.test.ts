import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../../src/controllers/pull-secret/decide.ts';
import { inputOf } from '../../../../src/controllers/pull-secret/delivery-input.ts';
import { clusterPullSecret, NOW, namespace, registry, type Things, worldOf } from '../objects.ts';
import { demanded, login, secret, token } from './pull-objects.ts';

const TARGET = { namespace: 'team', secretName: 'ecr-pull' };
/** The login of a Registry that was called otherwise, for the same hosts. */
const OLD = login({ login: 'old', id: 'old|' });

/** What is decided where the claim names `default` by now, and `old` in the Secret. */
function decided(things: Things = {}, hasToken = false, now = NOW) {
  const world = demanded(
    worldOf({
      registries: [registry()],
      namespaces: [namespace()],
      clusterPullSecrets: [clusterPullSecret()],
      secrets: [secret({ logins: [OLD] })],
      ...things,
    }),
  );
  if (hasToken) world.tokens.set('default|', { token: token() });
  return decide(inputOf(world, TARGET, now)).secret;
}

const WITHOUT = { type: 'apply', logins: [], why: 'LoginsChanged' };

describe('what a Secret has for the same hosts, under a name that nobody wants any more,', () => {
  test('stays until the token of the new name comes', () => {
    expect(decided()).toEqual({ type: 'keep' });
  });

  test('gives way to that', () => {
    expect(decided({}, true)).toMatchObject({
      type: 'apply',
      why: 'LoginsChanged',
      logins: [{ from: 'memory', want: { login: 'default' } }],
    });
  });

  test.each<[string, Things, number?]>([
    ['of other hosts', { secrets: [secret({ logins: [{ ...OLD, hosts: ['other.example'] }] })] }],
    ['that has run out', {}, OLD.expiresAt],
    ['where the Registry of the new name is not there yet', { registries: [] }],
  ])(
    'does not stand in %s, and stays while the Secret would be empty without it',
    (_what, things, now = NOW) => {
      expect(decided(things, false, now)).toEqual({ type: 'keep' });
      expect(decided(things, true, now)).toMatchObject(
        things.registries || now !== NOW ? { type: 'keep' } : { logins: [{ from: 'memory' }] },
      );
    },
  );

  test('does not stay where it is refused by now: the namespace may not pull with it', () => {
    const closed = registry('old', { tenancy: { rules: [] } });
    const spec = { registries: [{ name: 'old' }, { name: 'default' }] };
    const things = { registries: [registry(), closed], clusterPullSecrets: [clusterPullSecret('all', spec)] };
    expect(decided(things)).toEqual(WITHOUT);
  });

  test('does not stand in for another where it is wanted itself', () => {
    const spec = { registries: [{ name: 'old' }, { name: 'default' }] };
    const clusterPullSecrets = [clusterPullSecret('all', spec)];
    expect(decided({ registries: [registry(), registry('old')], clusterPullSecrets }, true)).toMatchObject({
      logins: [
        { from: 'secret', login: { login: 'old' } },
        { from: 'memory', want: { login: 'default' } },
      ],
    });
  });
});
