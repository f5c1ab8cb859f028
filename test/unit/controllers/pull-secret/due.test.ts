import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import { dueRules, dueRulesOf, isSchedule, loginsWith } from '../../../../src/controllers/pull-secret/due.ts';
import type { SecretState } from '../../../../src/controllers/pull-secret/secret-state.ts';
import { HOUR, NOW, namespace, pullSecret, registry, type Things, worldOf } from '../objects.ts';
import { cluster, demanded, login, own, secret, want } from './pull-objects.ts';

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

describe('the rules of thousands of claims', () => {
  const COUNT = 5_000;

  /** Each PullSecret has its own rotation, and counts how often that is read. */
  function crowd(rotation: (index: number) => typeof NIGHTLY, more: object = {}) {
    let reads = 0;
    const names = Array.from({ length: COUNT }, (_, index) => `n${index}`);
    const counted = (index: number) => ({
      get schedule() {
        reads += 1;
        return rotation(index).schedule;
      },
      get timeZone() {
        return rotation(index).timeZone;
      },
    });
    const pullSecrets = names.map((name, index) =>
      pullSecret('own', { rotation: counted(index) }, { namespace: name, ...more }),
    );
    const world = worldOf({ registries: [registry()], namespaces: names.map((name) => namespace(name)) });
    for (const object of pullSecrets) {
      const holder: Claim = { kind: 'PullSecret', object };
      world.requests.see(holder, NOW);
      world.demand.set(`${object.metadata.namespace}/ecr-pull`, {
        holder,
        refused: undefined,
        wants: [want()],
        refusals: [],
      });
    }
    return { world, reads: () => reads };
  }

  test('read each schedule once, and calculate each of those that differ', () => {
    const { world, reads } = crowd((index) => (index % 2 ? AT_FIVE : NIGHTLY));
    const { slotAfter } = dueRulesOf(world, 'default|');
    expect(reads()).toBe(COUNT);
    for (const _ of [1, 2, 3]) expect(slotAfter(NOW)).toBe(AT_THREE);
    expect(reads()).toBe(COUNT);
  });

  test('hold schedules apart that differ in their zone only', () => {
    const { world } = crowd((index) => ({ ...NIGHTLY, timeZone: index === 7 ? 'Asia/Tokyo' : 'UTC' }));
    expect(dueRulesOf(world, 'default|').slotAfter(NOW)).toBe(NOW + 6 * HOUR);
  });

  test('have the latest of their requests', () => {
    const { world } = crowd(() => NIGHTLY, {
      annotations: { 'ecr-operator.io/rotate-requested-at': 'x' },
    });
    expect(dueRulesOf(world, 'default|').requestedAt).toBe(NOW);
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
