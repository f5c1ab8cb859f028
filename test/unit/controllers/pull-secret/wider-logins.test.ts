import { afterEach, describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../../src/api/registry.generated.ts';
import { type Decision, decide } from '../../../../src/controllers/pull-secret/decide.ts';
import {
  type DeliveryInput,
  inputOf,
  type LoginInput,
} from '../../../../src/controllers/pull-secret/delivery-input.ts';
import type { TokenState } from '../../../../src/controllers/pull-secret/token-store.ts';
import { opensMore } from '../../../../src/controllers/pull-secret/wants.ts';
import { clusterPullSecret, NOW, namespace, registry, worldOf } from '../objects.ts';
import { apply, FAILURE, fromMemory, input, KEEP, WELL } from './decide-objects.ts';
import { ATTACHED, demanded, login, secret, token } from './pull-objects.ts';
import { OF_OTHER } from './sent.ts';
import { type Wired, wired } from './wired.ts';

type Rules = NonNullable<RegistrySpec['tenancy']>['rules'];

const TEAM: Rules = [{ allow: ['Pull'], repositoryPrefixes: ['team'] }];

describe('a token opens more than the tenancy gives', () => {
  test.each<[string, boolean, string, Rules | undefined]>([
    ['all of a Registry, without rules', false, '', undefined],
    ['all of a Registry, which may be pulled', false, '', [{ allow: ['Pull'] }]],
    ['all of a Registry, where a prefix may be pulled', true, '', TEAM],
    ['a repository beneath the prefix', false, 'team/web', TEAM],
    ['the prefix itself', false, 'team,team/*', TEAM],
    ['one beside the prefix', true, 'team/web,teams/web', TEAM],
    ['a wider prefix', true, 'team/*', [{ allow: ['Pull'], repositoryPrefixes: ['team/web'] }]],
    ['ECR Public, which has no prefixes', false, 'public.ecr.aws', TEAM],
    ['what may not be pulled at all, which is refused in other ways', false, '', [{ allow: ['Create'] }]],
  ])('%s: %s', (_what, expected, scope, rules) => {
    const of = registry('default', rules ? { tenancy: { rules } } : {});
    expect(opensMore(of, `default|${scope}`, namespace())).toBe(expected);
  });

  test('not where its Registry is gone: nobody knows what it gave', () => {
    expect(opensMore(undefined, 'default|', namespace())).toBe(false);
  });
});

describe('a login that is wider than the rules are by now', () => {
  const id = 'default|team,team/*';
  const found = (state: TokenState, more: Parameters<typeof secret>[0] = {}): Partial<LoginInput> => {
    const world = demanded(
      worldOf({
        registries: [registry('default', { tenancy: { rules: TEAM } })],
        namespaces: [namespace()],
        clusterPullSecrets: [clusterPullSecret()],
        secrets: [secret(more)],
      }),
    );
    world.tokens.set(id, state);
    const { isBeyond, present } =
      inputOf(world, { namespace: 'team', secretName: 'ecr-pull' }, NOW).logins[0] ?? {};
    return { isBeyond: isBeyond ?? false, present };
  };
  const STAYS = { isBeyond: false, present: login() };
  const GOES = { isBeyond: true, present: undefined };
  const narrow = login({ id });

  test('stays while the narrower token is on its way', () => {
    expect(found({})).toEqual(STAYS);
  });

  test.each(['AWSUnreachable', 'AWSUnavailable', 'Throttled', 'CredentialsUnavailable'])(
    'stays while it is not known whether that can be had: %s',
    (reason) => {
      expect(found({ failure: { reason, message: 'away' } })).toEqual(STAYS);
    },
  );

  test('goes where that cannot be had', () => {
    expect(found({ failure: FAILURE })).toEqual(GOES);
    const renamed = login({ login: 'other', id: 'other|' });
    expect(found({ failure: FAILURE }, { logins: [renamed] })).toEqual(GOES);
  });

  test('is replaced where the narrower token is there, and only cannot be renewed', () => {
    expect(found({ token: token({ id }), failure: FAILURE })).toEqual(STAYS);
  });

  test('is none where it is as narrow as the rules', () => {
    expect(found({ failure: FAILURE }, { logins: [narrow] })).toEqual({ isBeyond: false, present: narrow });
    const narrower = login({ id: 'default|team/web' });
    expect(found({ failure: FAILURE }, { logins: [narrower] })).toEqual({
      isBeyond: false,
      present: narrower,
    });
  });

  const beyond = input({ token: undefined, present: undefined, isBeyond: true, failure: FAILURE });
  const other = {
    want: { ...input().want, id: 'other|', login: 'other', registry: 'other' },
    present: OF_OTHER,
  };
  test.each<[string, Partial<DeliveryInput>, Decision]>([
    [
      'is taken out, though nothing is left',
      { logins: [beyond] },
      { ...apply('LoginsChanged'), failure: FAILURE },
    ],
    [
      'is taken out, and the others stay byte for byte',
      {
        logins: [beyond, input({ ...other, token: undefined })],
        secret: secret({ logins: [login(), OF_OTHER] }),
      },
      { ...apply('LoginsChanged', { from: 'secret', login: OF_OTHER }), failure: FAILURE },
    ],
    [
      'is out by now, and nothing is written',
      { logins: [beyond], secret: secret({ logins: [] }) },
      { secret: KEEP, attachment: 'attach', failure: FAILURE },
    ],
    [
      'gives way to what comes',
      { logins: [input({ present: undefined })] },
      apply('LoginsChanged', fromMemory()),
    ],
  ])('%s', (_what, more, expected) => {
    expect(decide({ ...WELL, ...more })).toEqual(expected);
  });
});

describe('rules that become narrower', () => {
  const running: Wired[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
  });

  /** All is well, and AWS takes a while; then the rules are narrowed. */
  async function narrowed(isDown: boolean): Promise<Wired> {
    const one = wired({
      registries: [registry()],
      clusterPullSecrets: [clusterPullSecret('all', {}, { finalizers: ['ecr-operator.io/finalizer'] })],
      namespaces: [namespace()],
      secrets: [secret()],
      serviceAccounts: [ATTACHED],
    });
    running.push(one);
    await one.clock.elapse(2_000);
    Object.assign(one, { isDown, refusal: 'AccessDenied', answersAfterMs: 5_000 });
    one.put({ registries: [registry('default', { tenancy: { rules: TEAM } }, { generation: 2 })] });
    await one.clock.elapse(4_000);
    return one;
  }

  test.each([
    ['comes', false],
    ['cannot be had', true],
  ])('change no Secret before it is known that the narrower token %s, and then do', async (_what, isDown) => {
    const one = await narrowed(isDown);
    expect([one.writes, one.asked]).toEqual([[], ['default', 'default']]);
    await one.clock.elapse(2_500);
    expect(one.writes).toEqual(['apply Secret team/ecr-pull']);
    // So that no answer is under way when it stops.
    one.answersAfterMs = 0;
    await one.clock.elapse(20_000);
  });
});
