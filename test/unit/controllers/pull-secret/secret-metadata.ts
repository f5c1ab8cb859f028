import { writeLogins } from '../../../../src/controllers/pull-secret/logins.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../../../src/runtime/resource.ts';
import { login } from './pull-objects.ts';

const LABELS = { 'app.kubernetes.io/managed-by': 'ecr-operator' };
/** As we write them. */
export const ANNOTATIONS = {
  'ecr-operator.io/holder': 'ClusterPullSecret/all',
  'ecr-operator.io/foreign-entries': 'Remove',
  'ecr-operator.io/tokens': writeLogins([login()]),
};

/** As the API server records the first apply. */
export const APPLIED = {
  'f:data': { 'f:.dockerconfigjson': {} },
  'f:metadata': {
    'f:annotations': {
      'f:ecr-operator.io/foreign-entries': {},
      'f:ecr-operator.io/holder': {},
      'f:ecr-operator.io/tokens': {},
    },
    'f:labels': { 'f:app.kubernetes.io/managed-by': {} },
  },
  'f:type': {},
};

/** What the API server records of a manager. */
export function entry(manager: string, operation: 'Apply' | 'Update', fieldsV1: object): ManagedFieldsEntry {
  return { manager, operation, fieldsV1, time: '2026-01-01T12:00:00Z' };
}

/** The record of our apply. */
export const OURS = entry('ecr-operator', 'Apply', APPLIED);

/** A Secret's metadata: ours, but for `more`. */
export function object(managedFields: readonly ManagedFieldsEntry[], more: object = {}): KubeObject {
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
