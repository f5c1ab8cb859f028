import { expect, test } from '@jest/globals';
import { changedByPeople } from '../../../src/runtime/predicates.ts';
import type { KubeObject, ObjectMetadata } from '../../../src/runtime/resource.ts';

const object = (metadata: Partial<ObjectMetadata> = {}): KubeObject => ({
  metadata: {
    name: 'a',
    uid: '1',
    resourceVersion: '1',
    generation: 1,
    labels: { a: '1', b: '2' },
    annotations: { c: '3' },
    ...metadata,
  },
});

test.each<[string, KubeObject | undefined, KubeObject | undefined, boolean]>([
  ['a new object is news', object(), undefined, true],
  ['a deleted one too', undefined, object(), true],
  ['another spec', object({ generation: 2 }), object(), true],
  ['a mark of deletion', object({ deletionTimestamp: '2026-01-01T00:00:00Z' }), object(), true],
  ['another label', object({ labels: { a: '1' } }), object(), true],
  ['another annotation', object({ annotations: { c: '4' } }), object(), true],
  ['another object of the same name and generation', object({ uid: '2' }), object(), true],
  ['our status is no news', object({ resourceVersion: '2' }), object(), false],
  ['our finalizer is no news', object({ finalizers: ['ours'] }), object(), false],
  ['nor is the order of labels', object({ labels: { b: '2', a: '1' } }), object(), false],
])('%s', (_sentence, now, before, news) => {
  expect(changedByPeople(now, before)).toBe(news);
});
