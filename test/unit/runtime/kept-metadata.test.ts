import { expect, test } from '@jest/globals';
import { keptMetadata } from '../../../src/runtime/kept-metadata.ts';

const METADATA = { name: 'a', uid: 'u', resourceVersion: '1', labels: { a: 'b' }, finalizers: ['f'] };

test('who owns which field and the copy of the object that kubectl leaves are not kept, all else is', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', other: 'kept' };
  const managedFields = [{ manager: 'kubectl' }];
  expect(keptMetadata({ metadata: { ...METADATA, annotations, managedFields } })).toEqual({
    ...METADATA,
    annotations: { other: 'kept' },
  });
});

test('metadata without annotations has none', () => {
  expect(keptMetadata({ metadata: METADATA })).toEqual(METADATA);
  expect(keptMetadata({ metadata: METADATA })).not.toHaveProperty('annotations');
});
