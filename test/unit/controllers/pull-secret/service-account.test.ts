import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  attachmentPatch,
  releasePatch,
  serviceAccountState,
} from '../../../../src/controllers/pull-secret/service-account.ts';
import type { JsonPatchOperation } from '../../../../src/runtime/kube-client.ts';
import { type Account, account, MARK } from './accounts.ts';
import { patched } from './json-patch.ts';

const change = {
  attach: (state: Account) => attachmentPatch(serviceAccountState(state), 'ecr-pull', true),
  detach: (state: Account) => attachmentPatch(serviceAccountState(state), 'ecr-pull', false),
  release: (state: Account) => releasePatch(serviceAccountState(state), 'ecr-pull'),
};

describe('patches', () => {
  test.each<[keyof typeof change, string, Account, Account]>([
    [
      'attach',
      'makes the list and the annotations',
      account(),
      account(['ecr-pull'], { [MARK]: 'ecr-pull' }),
    ],
    ['attach', 'fills an empty list', account([]), account(['ecr-pull'], { [MARK]: 'ecr-pull' })],
    [
      'attach',
      'goes behind other people’s entries and annotations',
      account(['b', 'a'], { x: 'y' }),
      account(['b', 'a', 'ecr-pull'], { x: 'y', [MARK]: 'ecr-pull' }),
    ],
    [
      'attach',
      'goes beside another of ours',
      account(['a', 'other'], { [MARK]: 'other' }),
      account(['a', 'other', 'ecr-pull'], { [MARK]: 'other,ecr-pull' }),
    ],
    [
      'attach',
      'goes behind entries that have no name, or any',
      account(['', 'a,b']),
      account(['', 'a,b', 'ecr-pull'], { [MARK]: 'ecr-pull' }),
    ],
    [
      'detach',
      'takes ours out from behind entries that have no name, or any',
      account(['', 'a,b', 'ecr-pull'], { [MARK]: 'ecr-pull' }),
      account(['', 'a,b'], {}),
    ],
    [
      'attach',
      'puts back what somebody took out',
      account(['a'], { [MARK]: 'ecr-pull' }),
      account(['a', 'ecr-pull'], { [MARK]: 'ecr-pull' }),
    ],
    [
      'attach',
      'leaves what is there',
      account(['ecr-pull'], { [MARK]: 'ecr-pull' }),
      account(['ecr-pull'], { [MARK]: 'ecr-pull' }),
    ],
    [
      'attach',
      'leaves an entry of that name that is theirs',
      account(['ecr-pull', 'a']),
      account(['ecr-pull', 'a']),
    ],
    [
      'detach',
      'takes ours out of the middle',
      account(['a', 'ecr-pull', 'b'], { x: 'y', [MARK]: 'ecr-pull' }),
      account(['a', 'b'], { x: 'y' }),
    ],
    [
      'detach',
      'leaves others of ours',
      account(['other', 'ecr-pull'], { [MARK]: 'ecr-pull,other' }),
      account(['other'], { [MARK]: 'other' }),
    ],
    [
      'detach',
      'forgets what somebody took out already',
      account(['a'], { [MARK]: 'ecr-pull' }),
      account(['a'], {}),
    ],
    [
      'detach',
      'leaves an entry of that name that is theirs',
      account(['ecr-pull'], { x: 'y' }),
      account(['ecr-pull'], { x: 'y' }),
    ],
    ['detach', 'has nothing to do without an entry', account(), account()],
    [
      'release',
      'leaves the entry, and it is theirs',
      account(['a', 'ecr-pull'], { [MARK]: 'ecr-pull' }),
      account(['a', 'ecr-pull'], {}),
    ],
    [
      'release',
      'leaves others of ours',
      account(['other', 'ecr-pull'], { [MARK]: 'ecr-pull,other' }),
      account(['other', 'ecr-pull'], { [MARK]: 'other' }),
    ],
    ['release', 'has nothing to do for what is not ours', account(['ecr-pull']), account(['ecr-pull'])],
  ])('to %s: %s', (kind, _what, before, after) => {
    const operations = change[kind](before);
    expect(patched(before, operations)).toEqual(after);
    // A second time there is nothing to do, and nothing is sent where nothing changes.
    expect([change[kind](after), operations.length > 0]).toEqual([
      [],
      before.imagePullSecrets !== after.imagePullSecrets && JSON.stringify(before) !== JSON.stringify(after),
    ]);
  });

  test('make the API server write down who writes, where it does not: once, and only to attach', () => {
    const { managedFields: _, ...metadata } = account(['a', 'ecr-pull'], { [MARK]: 'ecr-pull' }).metadata;
    const silent: Account = { imagePullSecrets: [{ name: 'a' }], metadata };
    const ours = {
      manager: 'ecr-operator',
      operation: 'Update',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: {},
    };
    for (const managedFields of [undefined, []]) {
      const before = managedFields ? { ...silent, metadata: { ...metadata, managedFields } } : silent;
      const after = patched(before, change.attach(before));
      expect(after.metadata.managedFields).toEqual([ours]);
      expect(after.imagePullSecrets).toEqual([{ name: 'a' }, { name: 'ecr-pull' }]);
      for (const kind of ['detach', 'release'] as const)
        expect(patched(before, change[kind](before)).metadata.managedFields).toEqual(managedFields);
    }
  });

  test('hold for the version that they were computed from only', () => {
    const before = account(['a', 'ecr-pull'], { [MARK]: 'ecr-pull' });
    const later = { ...before, metadata: { ...before.metadata, resourceVersion: '4' } };
    const guard: JsonPatchOperation = { op: 'test', path: '/metadata/resourceVersion', value: '3' };
    for (const operations of [change.attach(account()), change.detach(before), change.release(before)]) {
      expect(operations[0]).toEqual(guard);
      expect(() => patched(later, operations)).toThrow('test /metadata/resourceVersion failed');
    }
  });

  test('never move, change or lose an entry of other people, nor their annotations', () => {
    const name = fc.constantFrom('a', 'b', 'a,b', '', 'ecr-pull', 'other');
    const names = fc.option(fc.uniqueArray(name), { nil: undefined });
    const marks = fc.option(fc.subarray(['ecr-pull', 'other']), { nil: undefined });
    fc.assert(
      fc.property(
        names,
        marks,
        fc.boolean(),
        fc.constantFrom('attach', 'detach', 'release'),
        (some, ours, noted, kind) => {
          const mine = ours && ours.length > 0 ? { [MARK]: ours.join(',') } : {};
          const annotations = { ...(noted ? { note: 'x' } : {}), ...mine };
          const before = account(some, Object.keys(annotations).length > 0 ? annotations : undefined);
          const after = patched(before, change[kind](before));
          const theirs = ({ imagePullSecrets = [] }: Account) =>
            imagePullSecrets
              .map((one) => one.name)
              .filter((one) => one !== 'ecr-pull' || !ours?.includes(one));
          const kept = theirs(after).filter((one) => theirs(before).includes(one));
          expect(kept).toEqual(theirs(before));
          expect(after.metadata.annotations?.['note']).toBe(noted ? 'x' : undefined);
        },
      ),
      { numRuns: 500 },
    );
  });
});
