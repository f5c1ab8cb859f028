import { describe, expect, test } from '@jest/globals';
import { podState } from '../../../../../src/controllers/pull-secret/repair/pod-state.ts';
import type { KubeObject } from '../../../../../src/runtime/resource.ts';
import { HOST } from './repair-objects.ts';

const METADATA = {
  name: 'web-1',
  namespace: 'team',
  uid: 'u',
  resourceVersion: '9',
  creationTimestamp: '2026-01-01T12:00:07Z',
};

/** A Pod as the API server returns it, with all that it has besides. */
function pod(spec: object = {}, status: object = {}, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...METADATA, labels: { app: 'web' }, managedFields: [{ manager: 'kubelet' }], ...metadata },
    spec: { serviceAccountName: 'builder', nodeName: 'node-1', ...spec },
    status: { phase: 'Pending', podIP: '10.0.0.1', ...status },
  } as KubeObject;
}

function waiting(name: string, reason: string): object {
  return { name, image: 'as-the-runtime-calls-it', state: { waiting: { reason, message: 'm' } } };
}

const SPEC = {
  initContainers: [{ name: 'init', image: `${HOST}/team-a/init:1` }],
  containers: [
    { name: 'web', image: `${HOST}/team-a/web:1` },
    { name: 'side', image: 'ghcr.io/side:1' },
    { name: 'hub', image: 'nginx:1' },
  ],
};

test('a Pod is reduced to what decides over it', () => {
  const owners = [
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'uc' },
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'ur', controller: true },
  ];
  const imagePullSecrets = [{ name: 'a' }, {}, { name: 'b' }];
  const deletionTimestamp = '2026-01-01T13:00:00Z';
  expect(podState(pod({ imagePullSecrets }, {}, { ownerReferences: owners, deletionTimestamp }))).toEqual({
    name: 'web-1',
    namespace: 'team',
    uid: 'u',
    resourceVersion: '9',
    controller: { kind: 'ReplicaSet', uid: 'ur' },
    serviceAccount: 'builder',
    pullSecrets: ['a', 'b'],
    createdAt: Date.UTC(2026, 0, 1, 12, 0, 7),
    terminating: true,
    unpulled: [],
  });
});

test.each<[string, object]>([
  ['no owner', {}],
  ['owners none of which is its controller', { ownerReferences: [{ kind: 'ReplicaSet', uid: 'u' }] }],
  ['an owner that says it is not', { ownerReferences: [{ kind: 'Job', uid: 'u', controller: false }] }],
])('a Pod with %s has no controller', (_what, metadata) => {
  expect(podState(pod({}, {}, metadata)).controller).toBeUndefined();
});

describe('the images that a Pod waits for', () => {
  const init = { host: HOST, repository: 'team-a/init' };
  const web = { host: HOST, repository: 'team-a/web' };
  test.each<[string, object, readonly object[]]>([
    ['none before kubelet has said anything', {}, []],
    ['one in back-off', { containerStatuses: [waiting('web', 'ImagePullBackOff')] }, [web]],
    ['one that has just failed', { containerStatuses: [waiting('web', 'ErrImagePull')] }, [web]],
    ['one of an init container', { initContainerStatuses: [waiting('init', 'ErrImagePull')] }, [init]],
    ['none that is still coming', { containerStatuses: [waiting('web', 'ContainerCreating')] }, []],
    ['none whose name is wrong', { containerStatuses: [waiting('web', 'InvalidImageName')] }, []],
    ['none of a container that crashes', { containerStatuses: [waiting('web', 'CrashLoopBackOff')] }, []],
    ['none of one that runs', { containerStatuses: [{ name: 'web', state: { running: {} } }] }, []],
    ['none of Docker Hub', { containerStatuses: [waiting('hub', 'ImagePullBackOff')] }, []],
    [
      'none of a container that is not in the spec',
      { containerStatuses: [waiting('x', 'ErrImagePull')] },
      [],
    ],
    [
      'those of several containers',
      {
        initContainerStatuses: [waiting('init', 'ImagePullBackOff')],
        containerStatuses: [waiting('side', 'ErrImagePull'), waiting('web', 'ImagePullBackOff')],
      },
      [init, { host: 'ghcr.io', repository: 'side' }, web],
    ],
  ])('are %s', (_what, status, images) => {
    expect(podState(pod(SPEC, status)).unpulled).toEqual(images);
  });
});
