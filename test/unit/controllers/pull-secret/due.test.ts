import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import { dueRules, dueRulesOf, isSchedule, loginsWith } from '../../../../src/controllers/pull-secret/due.ts';
import type { SecretState } from '../../../../src/controllers/pull-secret/secret-state.ts';
import { HOUR, NOW, namespace, pullSecret, registry, type Things, worldOf } from '../objects.ts';
import { cluster, demanded, login, own, secret } from './pull-objects.ts';

const NIGHTLY = { schedule: '0 3 * * *', timeZone: 'UTC' };
const AT_FIVE = { schedule: '0 5 * * *', timeZone: 'UTC' };
/** The first of these after {@link NOW}, which is noon. */
const AT_THREE = NOW + 15 * HOUR;

describe('a schedule can be followed', () => {
  test.each([
    ['with five fields and a zone', true, NIGHTLY],
    ['not with words', false, { schedule: 'nightly', timeZone: 'UTC' }],
    ['not in a zone that nobody knows', false, { schedule: '0 3 * * *', timeZone: 'Mars/Base' }],
  ])('%s: %s', (_how, expected, rotation) => {
    expect(isSchedule(rotation)).toBe(expected);
  });
});

describe('the rules of one claim', () => {
  test.each<[string, Claim | undefined, number | undefined]>([
    ['are none without a claim', undefined, undefined],
    ['are none without a schedule', cluster(), undefined],
    ['are those of its schedule', cluster('all', { rotation: NIGHTLY }), AT_THREE],
    [
      'are those of its schedule by the clock of its zone',
      cluster('all', { rotation: { ...NIGHTLY, timeZone: 'Asia/Tokyo' } }),
      NOW + 6 * HOUR,
    ],
    [
      'are none with a schedule that cannot be followed',
      cluster('all', { rotation: { ...NIGHTLY, timeZone: 'Mars/Base' } }),
      undefined,
    ],
  ])('%s', (_what, claim, slot) => {
    const { slotAfter, requestedAt } = dueRules(worldOf(), claim);
    expect([slotAfter(NOW), requestedAt]).toEqual([slot, undefined]);
  });

  test('have its request', () => {
    const world = worldOf();
    world.requests.see(own('mine', {}, { annotations: { 'ecr-operator.io/rotate-requested-at': 'x' } }), NOW);
    expect([dueRules(world, own()).requestedAt, dueRules(world, cluster()).requestedAt]).toEqual([
      NOW,
      undefined,
    ]);
  });
});

describe('the rules of a token', () => {
  const asking = { annotations: { 'ecr-operator.io/rotate-requested-at': 'x' } };
  const things: Things = {
    registries: [registry()],
    namespaces: ['a', 'b', 'c'].map((name) => namespace(name)),
    pullSecrets: [
      pullSecret('one', { rotation: AT_FIVE }, { namespace: 'a', ...asking }),
      pullSecret('two', { rotation: NIGHTLY }, { namespace: 'b', ...asking }),
      pullSecret('three', { registries: [{ name: 'other' }] }, { namespace: 'c' }),
    ],
  };

  test('are the earliest scheduled time and the latest request of all who want it', () => {
    const world = demanded(worldOf(things));
    const [one, two] = [...world.pullSecrets.values()].map(
      (object): Claim => ({ kind: 'PullSecret', object }),
    );
    if (one) world.requests.see(one, NOW + 2);
    if (two) world.requests.see(two, NOW + 1);
    const rules = dueRulesOf(world, 'default|');
    expect([rules.slotAfter(NOW), rules.requestedAt]).toEqual([AT_THREE, NOW + 2]);
    const other = dueRulesOf(world, 'other|');
    expect([other.slotAfter(NOW), other.requestedAt]).toEqual([undefined, undefined]);
  });

  test('look once at each claim, however many namespaces it reaches', () => {
    const world = demanded(
      worldOf({
        registries: [registry()],
        namespaces: Array.from({ length: 50 }, (_, index) => namespace(`n${index}`)),
        clusterPullSecrets: [cluster('all', { rotation: NIGHTLY }).object as never],
      }),
    );
    const looks: string[] = [];
    const get = ({ object }: Claim): undefined => void looks.push(object.metadata.name);
    dueRulesOf({ ...world, requests: { ...world.requests, get } }, 'default|');
    expect(looks).toEqual(['all']);
  });
});

describe('the logins in Secrets', () => {
  test.each<[string, number, Partial<SecretState>]>([
    ['of ours count', 1, {}],
    ['of another token do not', 0, { logins: [login({ id: 'default|a' }), login({ id: 'other|' })] }],
    ['that somebody edited do not: they could say anything', 0, { intact: false }],
    ['of a stranger do not', 0, { managed: false }],
  ])('%s', (_what, count, more) => {
    const world = demanded(
      worldOf({
        registries: [registry()],
        namespaces: [namespace(), namespace('without-secret')],
        clusterPullSecrets: [cluster().object as never],
        secrets: [secret(more), secret({ namespace: 'unwanted' })],
      }),
    );
    expect([...loginsWith(world, 'default|')]).toEqual(count ? [login()] : []);
  });
});
