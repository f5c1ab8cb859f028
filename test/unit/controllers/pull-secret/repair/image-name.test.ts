import { expect, test } from '@jest/globals';
import { imageName } from '../../../../../src/controllers/pull-secret/repair/image-name.ts';
import { HOST } from './repair-objects.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

test.each<[string, ReturnType<typeof imageName>]>([
  [`${HOST}/web`, { host: HOST, repository: 'web' }],
  [`${HOST}/team-a/web:1.2`, { host: HOST, repository: 'team-a/web' }],
  [`${HOST}/team-a/web@${DIGEST}`, { host: HOST, repository: 'team-a/web' }],
  [`${HOST}/team-a/web:1.2@${DIGEST}`, { host: HOST, repository: 'team-a/web' }],
  ['public.ecr.aws/docker/library/nginx:1', { host: 'public.ecr.aws', repository: 'docker/library/nginx' }],
  ['localhost/web:1', { host: 'localhost', repository: 'web' }],
  ['localhost:5000/web:1', { host: 'localhost:5000', repository: 'web' }],
  ['registry:5000/web', { host: 'registry:5000', repository: 'web' }],
  ['nginx', undefined],
  ['nginx:1.27', undefined],
  [`nginx@${DIGEST}`, undefined],
  ['library/nginx:1', undefined],
  ['', undefined],
  ['localhost/', { host: 'localhost', repository: '' }],
  ['a.b/x:y/z:t', { host: 'a.b', repository: 'x:y/z' }],
  ['a.b/x:y/z', { host: 'a.b', repository: 'x:y/z' }],
  ['a.b/x:1:2', { host: 'a.b', repository: 'x' }],
  ['a.b/x:1@y/z', { host: 'a.b', repository: 'x' }],
  ['a.b/x@y/z:t@u', { host: 'a.b', repository: 'x' }],
])('%s', (reference, name) => {
  expect(imageName(reference)).toEqual(name);
});

test('a reference of more than 4,096 characters names nothing: nobody can pull that, and nobody checks it', () => {
  const colons = (count: number): string => `a.b/${':'.repeat(count)}/x`;
  expect([imageName(colons(4_090))?.host, imageName(colons(4_091)), imageName(colons(100_000))]).toEqual([
    'a.b',
    undefined,
    undefined,
  ]);
});
