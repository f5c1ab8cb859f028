import { describe, expect, test } from '@jest/globals';
import { secretState } from '../../../../src/controllers/pull-secret/secret-state.ts';
import type { ManagedFieldsEntry } from '../../../../src/runtime/resource.ts';
import { secret } from './pull-objects.ts';
import { ANNOTATIONS, APPLIED, entry, OURS, object } from './secret-metadata.ts';

/** What is left of our entry after another manager took a field. */
function without(...path: readonly string[]): object {
  const copy = structuredClone(APPLIED) as Record<string, unknown>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>;
  delete at[path.at(-1) ?? ''];
  return copy;
}

describe('what is kept of a Secret', () => {
  test('is its metadata, with times in ms', () => {
    expect(secretState(object([OURS]))).toEqual(secret());
  });

  test('is as good as nothing of a stranger’s', () => {
    const theirs = [
      entry('kubectl-create', 'Update', { 'f:data': { 'f:.dockerconfigjson': {} }, 'f:type': {} }),
    ];
    expect(secretState(object(theirs, { labels: undefined, annotations: undefined }))).toEqual(
      secret({ managed: false, intact: false, holder: '', logins: [] }),
    );
  });

  test.each([
    ['that cannot be read', 'soon'],
    ['with years that the API server refuses', ANNOTATIONS['ecr-operator.io/tokens'].replace('2026', '9')],
    ['with hosts that are no list', '[{"hosts":"h"}]'],
  ])('counts as edited with logins %s, even under our own field manager', (_what, forged) => {
    const annotations = { ...ANNOTATIONS, 'ecr-operator.io/tokens': forged };
    expect(secretState(object([OURS], { annotations }))).toEqual(secret({ intact: false, logins: [] }));
  });

  test('counts as edited without logins', () => {
    const { 'ecr-operator.io/tokens': _, ...annotations } = ANNOTATIONS;
    expect(secretState(object([OURS], { annotations }))).toEqual(secret({ intact: false, logins: [] }));
  });

  test.each([
    ['Keep', 'Keep'],
    ['Remove', 'Remove'],
    ['anything else', 'Remove'],
    ['', 'Remove'],
  ] as const)('keeps the entries of others only with the word Keep, not with %p', (word, foreignEntries) => {
    const annotations = { ...ANNOTATIONS, 'ecr-operator.io/foreign-entries': word };
    expect(secretState(object([OURS], { annotations }))).toEqual(secret({ foreignEntries }));
  });

  test('is known to be going', () => {
    const metadata = { deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(secretState(object([OURS], metadata)).terminating).toBe(true);
  });
});

describe('a Secret is ours', () => {
  test.each<[string, boolean, readonly ManagedFieldsEntry[], object]>([
    ['with our marks, as we applied it', true, [OURS], {}],
    [
      'when somebody took the label away',
      true,
      [entry('ecr-operator', 'Apply', without('f:metadata', 'f:labels'))],
      { labels: {} },
    ],
    ['when somebody took the holder away', true, [OURS], { annotations: {} }],
    ['no more without both marks: it was released', false, [OURS], { labels: {}, annotations: {} }],
    ['not with marks that somebody copied', false, [entry('velero', 'Update', APPLIED)], {}],
    [
      'when it was restored with the record of who applied what',
      true,
      [entry('velero', 'Update', {}), OURS],
      {},
    ],
    [
      'not with marks that our name updated, which we never do',
      false,
      [entry('ecr-operator', 'Update', APPLIED)],
      {},
    ],
    ['not without any record', false, [], {}],
    [
      'not with the label of somebody else',
      false,
      [OURS],
      { labels: { 'app.kubernetes.io/managed-by': 'Helm' }, annotations: {} },
    ],
  ])('%s: %s', (_when, expected, managedFields, more) => {
    expect(secretState(object(managedFields, more)).managed).toBe(expected);
  });
});

describe('a Secret is intact', () => {
  const others = entry('kubectl-edit', 'Update', {
    'f:data': { 'f:other': {} },
    'f:metadata': { 'f:labels': { 'f:team': {} } },
  });
  const stole = entry('kubectl-edit', 'Update', { 'f:data': { 'f:.dockerconfigjson': {} } });

  test.each<[string, boolean, readonly ManagedFieldsEntry[]]>([
    ['as we applied it', true, [OURS]],
    ['with more fields of other people', true, [others, OURS]],
    ['where somebody else applied the same', true, [entry('argocd', 'Apply', APPLIED), OURS]],
    [
      'not after the token was edited',
      false,
      [stole, entry('ecr-operator', 'Apply', without('f:data', 'f:.dockerconfigjson'))],
    ],
    ['not after all data was replaced', false, [stole, entry('ecr-operator', 'Apply', without('f:data'))]],
    ['not without our label', false, [entry('ecr-operator', 'Apply', without('f:metadata', 'f:labels'))]],
    [
      'not after the logins were edited',
      false,
      [entry('ecr-operator', 'Apply', without('f:metadata', 'f:annotations', 'f:ecr-operator.io/tokens'))],
    ],
    [
      'not after the word about foreign entries was edited',
      false,
      [
        entry(
          'ecr-operator',
          'Apply',
          without('f:metadata', 'f:annotations', 'f:ecr-operator.io/foreign-entries'),
        ),
      ],
    ],
    ['not after all metadata was taken', false, [entry('ecr-operator', 'Apply', without('f:metadata'))]],
    ['not with a record of nothing', false, [entry('ecr-operator', 'Apply', {})]],
    ['not with a record that is none', false, [entry('ecr-operator', 'Apply', { 'f:data': null })]],
    [
      'not after the holder was edited',
      false,
      [entry('ecr-operator', 'Apply', without('f:metadata', 'f:annotations', 'f:ecr-operator.io/holder'))],
    ],
    ['not as somebody else applied it', false, [entry('argocd', 'Apply', APPLIED)]],
    ['not as an update', false, [entry('ecr-operator', 'Update', APPLIED)]],
    ['not without any record', false, []],
  ])('%s: %s', (_when, expected, managedFields) => {
    expect(secretState(object(managedFields)).intact).toBe(expected);
  });
});
