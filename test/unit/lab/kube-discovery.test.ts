import { expect, test } from '@jest/globals';
import { kubeDiscovery } from '../../lab/kube-discovery.ts';

function served(...names: string[]) {
  const asked: string[] = [];
  const resources = names.map((name) => ({
    name,
    kind: name === 'nodes' ? 'Node' : 'Pod',
    namespaced: name !== 'nodes',
  }));
  const get = async (path: string) => {
    asked.push(path);
    return { resources };
  };
  return { asked, resources, discovery: kubeDiscovery(get) };
}

const pod = { apiVersion: 'v1', kind: 'Pod' };

test('paths of objects and lists, with and without a namespace', async () => {
  const { asked, discovery } = served('pods', 'pods/status', 'nodes');
  expect(await discovery.path(pod, 'here', 'one')).toBe('/api/v1/namespaces/here/pods/one');
  expect(await discovery.path(pod, undefined)).toBe('/api/v1/pods');
  expect(await discovery.path({ apiVersion: 'v1', kind: 'Node' }, 'ignored', 'n')).toBe('/api/v1/nodes/n');
  expect(asked).toEqual(['/api/v1']);
});

test('a kind that is new is asked for again, a missing one is an error', async () => {
  const { asked, resources, discovery } = served('nodes');
  await expect(discovery.path(pod, 'here')).rejects.toThrow('does not serve v1 Pod');
  resources.push({ name: 'pods', kind: 'Pod', namespaced: true });
  expect(await discovery.path(pod, 'here')).toBe('/api/v1/namespaces/here/pods');
  expect(asked).toHaveLength(2);
});

test('groups lie under /apis', async () => {
  const { asked, discovery } = served('pods');
  expect(await discovery.path({ apiVersion: 'g.io/v1', kind: 'Pod' }, 'x')).toBe(
    '/apis/g.io/v1/namespaces/x/pods',
  );
  expect(asked).toEqual(['/apis/g.io/v1']);
});
