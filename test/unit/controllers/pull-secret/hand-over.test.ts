import { describe, expect, test } from '@jest/globals';
import { HAND_OVER_ANNOTATION } from '../../../../src/api/names.ts';
import { secretState } from '../../../../src/controllers/pull-secret/secret-state.ts';
import type { ManagedFieldsEntry } from '../../../../src/runtime/resource.ts';
import { ANNOTATIONS, entry, OURS, object } from './secret-metadata.ts';

describe('a Secret is handed over', () => {
  const handing = (value: string) => ({ annotations: { [HAND_OVER_ANNOTATION]: value } });
  const theirs = [entry('kubectl-create', 'Update', { 'f:data': { 'f:.dockerconfigjson': {} } })];

  test.each<[string, boolean, readonly ManagedFieldsEntry[], object]>([
    ['by the word true of a stranger’s', true, theirs, handing('true')],
    ['not by another word', false, theirs, handing('yes')],
    ['not by an empty word', false, theirs, handing('')],
    ['not without a word', false, theirs, {}],
    ['not where it is ours already', false, [OURS], handing('true')],
    [
      'when somebody restored a copy with our marks, and says so',
      true,
      theirs,
      { annotations: { ...ANNOTATIONS, ...handing('true').annotations } },
    ],
  ])('%s: %s', (_when, expected, managedFields, more) => {
    expect(secretState(object(managedFields, more)).handedOver).toBe(expected);
  });
});
