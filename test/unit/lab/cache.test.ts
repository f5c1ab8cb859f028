import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cachedBinaryPath, cacheFolder, platformName } from '../../lab/cache.ts';

describe('the cache folder', () => {
  test.each([
    [{ ECR_OPERATOR_LAB_CACHE: '/own', XDG_CACHE_HOME: '/xdg' }, '/own'],
    [{ XDG_CACHE_HOME: '/xdg' }, '/xdg/ecr-operator/lab'],
    [{ XDG_CACHE_HOME: '' }, join(homedir(), '.cache/ecr-operator/lab')],
    [{}, join(homedir(), '.cache/ecr-operator/lab')],
  ])('%j is %s', (environment, folder) => {
    expect(cacheFolder(environment)).toBe(folder);
  });
});

test('platforms have the names that Go gives them', () => {
  expect(platformName('linux', 'x64')).toBe('linux-amd64');
  expect(platformName('darwin', 'arm64')).toBe('darwin-arm64');
});

test('a cached binary has its version and platform in its path', () => {
  expect(cachedBinaryPath('etcd', 'v3.6.8', '/cache')).toBe(`/cache/bin/etcd-v3.6.8-${platformName()}`);
});
