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
