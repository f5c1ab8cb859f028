import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import type { PullSecretServiceAccounts } from '../../../../src/api/shared.generated.ts';
import { isWantedBy, serviceAccountState } from '../../../../src/controllers/pull-secret/service-account.ts';
import type { ManagedFieldsEntry } from '../../../../src/runtime/resource.ts';
import { type Account, account, MARK } from './accounts.ts';
import { serviceAccount } from './pull-objects.ts';

describe('what is kept of a ServiceAccount', () => {
  test.each<[string, Account, Parameters<typeof serviceAccount>[0]]>([
    ['a new one', account(), {}],
    [
      'one with other people’s entries',
      account(['a', 'b'], { x: 'y' }),
      { pullSecrets: ['a', 'b'], annotated: true },
    ],
    [
      'one with entries of ours',
      account(['a', 'b'], { [MARK]: 'b,c' }),
      { pullSecrets: ['a', 'b'], ours: ['b', 'c'], annotated: true },
    ],
    [
      'one with an annotation that is not as we write it',
      account(['a'], { [MARK]: ',a,,b,' }),
      { pullSecrets: ['a'], ours: ['a', 'b'], annotated: true },
    ],
    ['one with an empty annotation', account([], { [MARK]: '' }), { annotated: true }],
  ])('%s', (_what, object, state) => {
    expect(serviceAccountState(object)).toEqual(serviceAccount(state));
  });
});

describe('the lists that are kept', () => {
  test('are one for all that are equal', () => {
    const [a, b] = [account(['x', 'y']), account(['x', 'y'])].map(serviceAccountState);
    expect(a?.pullSecrets).toBe(b?.pullSecrets);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['one name with a comma and two without', ['c', 'd,e'], ['c', 'd', 'e']],
    ['the other way round', ['f', 'g'], ['f,g']],
    ['no name and no list', [''], []],
    ['two empty names and one', ['', ''], ['']],
  ])('are not mistaken for each other: %s', (_what, first, second) => {
    for (const names of [first, second, first])
      expect(serviceAccountState(account(names)).pullSecrets).toEqual(names);
  });

  test('of an entry without any name is not that of none', () => {
    const nameless = { ...account(), imagePullSecrets: [{}] } as unknown as Account;
    expect([nameless, account()].map((one) => serviceAccountState(one).pullSecrets.length)).toEqual([1, 0]);
  });

  test('are right however many there are', () => {
    for (let index = 0; index < 1_100; index += 1)
      expect(serviceAccountState(account([`s${index}`])).pullSecrets).toEqual([`s${index}`]);
    expect(serviceAccountState(account(['s0'])).pullSecrets).toEqual(['s0']);
  });
});

describe('the lists of a ServiceAccount that somebody forged', () => {
  const names = (count: number, length = 1): string[] =>
    Array.from({ length: count }, (_, index) => `${index}`.padStart(length, 'x'));
  const ours = (text: string) => serviceAccountState(account([], { [MARK]: text })).ours;

  test.each([
    ['of 8 names are shared', 8, 1, true],
    ['of 9 are not', 9, 1, false],
    ['of nearly 1,024 characters are shared', 4, 252, true],
    ['of more are not', 4, 253, false],
  ])('%s', (_what, count, length, expected) => {
    const [a, b] = [1, 2].map(() => serviceAccountState(account(names(count, length))).pullSecrets);
    expect([a === b, a]).toEqual([expected, names(count, length)]);
  });

  test('are ours as far as the last 16 go: what we add is at the end', () => {
    expect(ours(names(60_000).join())).toEqual(names(60_000).slice(-16));
    expect(ours(names(16, 253).join())).toEqual(names(16, 253));
    expect(ours(`${'x'.repeat(5_000)},last`)).toEqual(['last']);
  });

  test.each(['', 'Old', 'a b', 'a/b', '-a', 'a-', 'a..b', 'ä', '*', 'x'.repeat(254)])(
    'are ours without what no Secret can be called: %p',
    (name) => {
      expect(ours(`old,${name},a.b-c`)).toEqual(['old', 'a.b-c']);
    },
  );

  test('are not made longer by a name that was cut off in the middle', () => {
    const long = `evil-${'x'.repeat(16 * 254)}`;
    expect(ours(`${long},last`)).toEqual(['last']);
    expect(ours(long)).toEqual([]);
    expect(ours(`${'x'.repeat(300)}${','.repeat(4_000)}last`)).toEqual(['last']);
    expect(ours(`old-${names(16, 253).join()}`)).toEqual(names(16, 253).slice(1));
  });

  test('do not keep the rest of the text in memory', () => {
    const before = heapUsed();
    const kept = Array.from({ length: 40 }, (_, index) =>
      serviceAccountState(
        account([], { [MARK]: `${' '.repeat(250_000)}${index},a-name-of-some-length-${index}` }),
      ),
    );
    expect(heapUsed() - before).toBeLessThan(3_000_000);
    expect(kept.length).toBe(40);
  });
});

/** What is reachable (bytes). */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

describe('who wrote the list', () => {
  const time = '2026-01-01T12:00:00Z';
  const lists = { 'f:imagePullSecrets': {} };
  const ours: ManagedFieldsEntry = { manager: 'ecr-operator', operation: 'Update', time, fieldsV1: lists };
  const theirs: ManagedFieldsEntry = { manager: 'argocd', operation: 'Apply', time, fieldsV1: lists };
  const labels: ManagedFieldsEntry = { manager: 'kubectl', fieldsV1: { 'f:metadata': {} } };

  test('is not known where nobody writes that down', () => {
    const { managedFields: _, ...metadata } = account().metadata;
    for (const more of [{}, { managedFields: [] }])
      expect(serviceAccountState({ metadata: { ...metadata, ...more } })).toEqual(
        serviceAccount({ untracked: true }),
      );
  });

  test.each<[string, readonly ManagedFieldsEntry[], string | undefined, number | undefined]>([
    ['is not who wrote something else', [labels, { manager: 'x' }], undefined, undefined],
    ['is not us', [ours], undefined, Date.parse(time)],
    ['is the other that did', [labels, ours, theirs], 'argocd', Date.parse(time)],
    ['is told without a time of ours', [theirs, { manager: 'ecr-operator' }], 'argocd', undefined],
  ])('%s', (_who, managedFields, editor, attachedAt) => {
    const one = account();
    const state = serviceAccountState({
      ...one,
      metadata: { ...one.metadata, managedFields },
    });
    expect([state.editor, state.attachedAt]).toEqual([editor, attachedAt]);
  });
});

describe('the ServiceAccounts that a pull secret wants', () => {
  test.each<[string, PullSecretServiceAccounts, readonly string[]]>([
    ['the default one', { mode: 'Default' }, ['default']],
    ['all of them', { mode: 'All' }, ['default', 'builder', 'deployer']],
    ['those that it names', { mode: 'Named', names: ['builder', 'other'] }, ['builder']],
    ['none though it says Named, without names', { mode: 'Named' }, []],
    ['none', { mode: 'None' }, []],
    ['none, whatever names stand beside it', { mode: 'None', names: ['builder'] }, []],
  ])('are %s', (_which, wanted, expected) => {
    expect(['default', 'builder', 'deployer'].filter((name) => isWantedBy(wanted, name))).toEqual(expected);
  });
});
