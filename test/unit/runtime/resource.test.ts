import { expect, test } from '@jest/globals';
import {
  apiVersionOf,
  NAMESPACES,
  pathOf,
  type ResourcePath,
  type ResourceType,
  SECRETS,
} from '../../../src/runtime/resource.ts';

const THINGS: ResourceType = {
  group: 'example.com',
  version: 'v1alpha1',
  kind: 'Thing',
  plural: 'things',
  namespaced: true,
};

test.each<[string, ResourceType, ResourcePath, string]>([
  ['all of a core kind', SECRETS, {}, '/api/v1/secrets'],
  ['those of one namespace', SECRETS, { namespace: 'team' }, '/api/v1/namespaces/team/secrets'],
  ['one object', SECRETS, { namespace: 'team', name: 'a' }, '/api/v1/namespaces/team/secrets/a'],
  ['a cluster-scoped object', NAMESPACES, { name: 'team' }, '/api/v1/namespaces/team'],
  [
    'a namespace given to a cluster-scoped kind',
    NAMESPACES,
    { namespace: 'x', name: 'a' },
    '/api/v1/namespaces/a',
  ],
  [
    'a subresource',
    THINGS,
    { namespace: 'team', name: 'a', subresource: 'status' },
    '/apis/example.com/v1alpha1/namespaces/team/things/a/status',
  ],
  [
    'a name that would leave its place',
    SECRETS,
    { namespace: '..', name: 'a/b?c' },
    '/api/v1/namespaces/../secrets/a%2Fb%3Fc',
  ],
])('the path of %s', (_what, resource, path, expected) => {
  expect(pathOf(resource, path)).toBe(expected);
});

test('the version of an API names its group, but for the core', () => {
  expect(apiVersionOf(SECRETS)).toBe('v1');
  expect(apiVersionOf(THINGS)).toBe('example.com/v1alpha1');
});
