import { expect, test } from '@jest/globals';
import { imageReference } from '../../../../src/controllers/image-usage/image-reference.ts';
import { HOST } from '../objects.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

test.each([
  [`${HOST}/web:v1`, 'web', 'v1'],
  [`${HOST}/team/a/web:v1`, 'team/a/web', 'v1'],
  [`${HOST}/web`, 'web', 'latest'],
  [`${HOST}/web@${DIGEST}`, 'web', DIGEST],
  [`${HOST}/web:v1@${DIGEST}`, 'web', DIGEST],
  [`docker-pullable://${HOST}/web@${DIGEST}`, 'web', DIGEST],
])('%s is of this repository and version', (text, repository, version) => {
  expect(imageReference(text)).toEqual({ host: HOST, repository, version });
});

test('a port is no tag', () => {
  const found = imageReference('localhost:5000/web');
  expect(found).toEqual({ host: 'localhost:5000', repository: 'web', version: 'latest' });
});

test.each(['web:v1', 'team/web:v1', DIGEST, '', '@', `x.y/${'a'.repeat(5_000)}`])(
  '%s names no registry',
  (text) => {
    expect(imageReference(text)).toBeUndefined();
  },
);
