import { expect, test } from '@jest/globals';
import { repositoryState } from '../../../../src/controllers/images/repository-state.ts';
import { repository } from '../objects.ts';
import { there } from './image-objects.ts';

test('of a Repository all is kept but its images, and who owns which field', () => {
  const object = there({ imageCount: 1, images: [{ digest: 'sha256:1' }] }, { labels: { a: 'b' } });
  const metadata = { ...object.metadata, managedFields: [{ manager: 'kubectl' }] };
  const { images: _, ...status } = object.status ?? {};
  expect(repositoryState({ ...object, metadata } as never)).toEqual({ ...object, status });
});

test('one without a status has none', () => {
  expect(repositoryState(repository() as never)).toEqual(repository());
  expect(repositoryState(repository() as never)).not.toHaveProperty('status');
});
