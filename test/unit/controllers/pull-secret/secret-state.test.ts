import { describe, expect, test } from '@jest/globals';
import { secretState } from '../../../../src/controllers/pull-secret/secret-state.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../../../src/runtime/resource.ts';
import { HOST, secret } from '../objects.ts';

const LABELS = { 'app.kubernetes.io/managed-by': 'ecr-operator' };
const ANNOTATIONS = {
  'ecr-operator.io/holder': 'ClusterPullSecret/all',
  'ecr-operator.io/registry': `default ${HOST}`,
  'ecr-operator.io/issued-at': '2026-01-01T12:00:00Z',
  'ecr-operator.io/expires-at': '2026-01-02T00:00:00Z',
  'ecr-operator.io/rotate-at': '2026-01-01T18:00:00Z',
};

/** As the API server records the first apply. */
const APPLIED = {
  'f:data': { 'f:.dockerconfigjson': {} },
  'f:metadata': {
    'f:annotations': {
      'f:ecr-operator.io/expires-at': {},
      'f:ecr-operator.io/holder': {},
      'f:ecr-operator.io/issued-at': {},
      'f:ecr-operator.io/registry': {},
      'f:ecr-operator.io/rotate-at': {},
    },
    'f:labels': { 'f:app.kubernetes.io/managed-by': {} },
  },
  'f:type': {},
};

function entry(manager: string, operation: 'Apply' | 'Update', fieldsV1: object): ManagedFieldsEntry {
  return { manager, operation, fieldsV1, time: '2026-01-01T12:00:00Z' };
}

const OURS = entry('ecr-operator', 'Apply', APPLIED);

function object(managedFields: readonly ManagedFieldsEntry[], more: object = {}): KubeObject {
  return {
    metadata: {
      name: 'ecr-pull',
      namespace: 'team',
      uid: 'uid-of-secret',
      resourceVersion: '7',
      labels: LABELS,
      annotations: ANNOTATIONS,
      managedFields,
      ...more,
    },
  };
}

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
      secret({
        managed: false,
        intact: false,
        holder: '',
        registry: '',
        issuedAt: 0,
        expiresAt: 0,
        rotateAt: 0,
      }),
    );
  });

  test.each([
    ['years that the API server refuses', { 'ecr-operator.io/rotate-at': '+275760-09-12T00:00:00Z' }],
    ['a rotation after the end', { 'ecr-operator.io/rotate-at': '2999-01-01T00:00:00Z' }],
    ['a beginning after the rotation', { 'ecr-operator.io/issued-at': '2999-01-01T00:00:00Z' }],
    ['no time at all', { 'ecr-operator.io/expires-at': 'never' }],
  ])('counts as edited with %s, even under our own field manager', (_what, forged) => {
    expect(secretState(object([OURS], { annotations: { ...ANNOTATIONS, ...forged } })).intact).toBe(false);
  });

  test('is known to be going', () => {
    const metadata = { deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(secretState(object([OURS], metadata)).terminating).toBe(true);
  });

  test('is due at once where its times cannot be read', () => {
    const annotations = { ...ANNOTATIONS, 'ecr-operator.io/rotate-at': 'soon' };
    expect(secretState(object([OURS], { annotations })).rotateAt).toBe(0);
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
      'not after a time was edited',
      false,
      [entry('ecr-operator', 'Apply', without('f:metadata', 'f:annotations', 'f:ecr-operator.io/rotate-at'))],
    ],
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
