import { readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ControlPlane, startControlPlane } from '../../lab/control-plane.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { kubectl, kubectlOk } from '../../lab/kubectl.ts';
import { rightsKnown } from '../../lab/rights-known.ts';
import { waitFor } from '../../lab/wait-for.ts';

let lab: ControlPlane;

beforeAll(async () => {
  lab = await startControlPlane({ users: [{ name: 'eve', groups: ['readers'] }], audit: true });
  // The first run on a machine builds the programs.
}, 1_200_000);

afterAll(async () => {
  await lab?.stop();
});

const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const inNamespace = (kind: string, name: string, where: string) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: where },
});
const role = (kind: string) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind });

/** A ClusterRole that reads ConfigMaps, bound to the subject. */
async function letRead(name: string, subject: object): Promise<void> {
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }];
  await lab.admin.apply({ ...role('ClusterRole'), metadata: { name }, ...{ rules } });
  await lab.admin.apply({
    ...role('ClusterRoleBinding'),
    metadata: { name },
    ...{ roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }, subjects: [subject] },
  });
}

describe('rights', () => {
  test('a user without any is refused', async () => {
    await expect(
      lab.client('nobody').list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' }),
    ).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
  });

  test('a wrong token is refused', async () => {
    const kubeconfig = await lab.kubeconfig('nobody');
    const { code, stderr } = await kubectl(kubeconfig, ['--token=wrong', 'get', 'configmaps']);
    expect(code).toBe(1);
    expect(stderr).toContain('You must be logged in');
  });

  test('a group of the token file can be given some', async () => {
    await letRead('readers', { kind: 'Group', name: 'readers', apiGroup: 'rbac.authorization.k8s.io' });
    await rightsKnown(lab.admin);
    const eve = lab.client('eve');
    expect(await eve.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' })).toBeDefined();
    await expect(eve.list({ apiVersion: 'v1', kind: 'Secret' })).rejects.toMatchObject({ status: 403 });
  });

  test('a kubeconfig of a ServiceAccount has its rights and no others', async () => {
    await lab.admin.apply(namespace('accounts'));
    await lab.admin.apply(inNamespace('ServiceAccount', 'reader', 'accounts'));
    await letRead('account-reader', { kind: 'ServiceAccount', name: 'reader', namespace: 'accounts' });
    const kubeconfig = await lab.serviceAccountKubeconfig('accounts', 'reader');
    expect((await stat(kubeconfig)).mode & 0o777).toBe(0o600);
    const whoami = await kubectlOk(kubeconfig, [
      'auth',
      'whoami',
      '-o',
      'jsonpath={.status.userInfo.username}',
    ]);
    expect(whoami).toBe('system:serviceaccount:accounts:reader');
    await waitFor(() => kubectlOk(kubeconfig, ['get', 'configmaps', '-A', '-o', 'name']), {
      what: 'the right to list',
    });
    expect((await kubectl(kubeconfig, ['get', 'secrets'])).stderr).toContain('Forbidden');
  });
});

test('to know that all rights are in force leaves nothing behind', async () => {
  const kinds = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];
  const names = async (): Promise<readonly string[]> => {
    const lists = await Promise.all(kinds.map((kind) => lab.admin.list(role(kind))));
    return lists.flatMap((list) => list.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).sort();
  };
  const before = await names();
  await rightsKnown(lab.admin);
  expect(await names()).toEqual(before);
});

describe('controllers', () => {
  test('a namespace gets its default ServiceAccount, and goes with all that is in it', async () => {
    await lab.admin.create(namespace('short-lived'));
    const account = inNamespace('ServiceAccount', 'default', 'short-lived');
    await waitFor(() => lab.admin.get(account), { what: 'the default ServiceAccount' });
    const held = inNamespace('ConfigMap', 'held', 'short-lived');
    await lab.admin.create({
      ...held,
      metadata: { ...held.metadata, ...{ finalizers: ['lab.example/hold'] } },
    });
    await lab.admin.delete(namespace('short-lived'));

    const deleting = await waitFor(() => lab.admin.get(held), {
      what: 'the deletion of what is in the namespace',
      until: (found) => found?.metadata.deletionTimestamp !== undefined,
    });
    expect(deleting.metadata.finalizers).toEqual(['lab.example/hold']);
    await lab.admin.patch(held, { metadata: { finalizers: null } });
    await waitFor(async () => (await lab.admin.get(namespace('short-lived'))) === undefined, {
      what: 'the end of the namespace',
      timeoutMs: 30_000,
    });
  }, 120_000);

  test('what an owner owned goes with it', async () => {
    const owner = await lab.admin.create<KubeObject>(inNamespace('ConfigMap', 'owner', 'default'));
    const owned = inNamespace('ConfigMap', 'owned', 'default');
    const { apiVersion, kind, metadata } = owner;
    const ownerReferences = [{ apiVersion, kind, name: metadata.name, uid: metadata.uid }];
    await lab.admin.create({ ...owned, metadata: { ...owned.metadata, ...{ ownerReferences } } });
    await lab.admin.delete(owner);
    await waitFor(async () => (await lab.admin.get(owned)) === undefined, {
      what: 'garbage collection',
      timeoutMs: 30_000,
    });
  }, 120_000);

  test('a Pod gets the ServiceAccount of its namespace', async () => {
    const pod = {
      ...inNamespace('Pod', 'plain', 'default'),
      spec: { containers: [{ name: 'one', image: 'example.org/one' }] },
    };
    const created = await lab.admin.create<KubeObject & { spec: { serviceAccountName: string } }>(pod);
    expect(created.spec.serviceAccountName).toBe('default');
  });
});

describe('the API server', () => {
  const kept = inNamespace('ConfigMap', 'kept', 'default');

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'comes back after %s with what it had',
    async (signal) => {
      const { metadata } = await lab.admin.apply<KubeObject>(kept);
      await lab.restartApiServer({ signal });
      expect((await lab.admin.get(kept))?.metadata.uid).toBe(metadata.uid);
      expect(await kubectlOk(await lab.kubeconfig(), ['get', 'configmap', 'kept', '-o', 'name'])).toBe(
        'configmap/kept\n',
      );
    },
    120_000,
  );

  test('answers nobody while it is stopped', async () => {
    await lab.stopApiServer({ signal: 'SIGKILL' });
    await expect(lab.admin.get(kept)).rejects.toThrow();
    await lab.startApiServer();
    expect(await lab.admin.get(kept)).toBeDefined();
  }, 120_000);

  test('writes down who asked for what', async () => {
    await lab.client('eve').raw({ path: '/api/v1/namespaces/default/configmaps/audited' });
    await waitFor(() => readFile(lab.files.auditLog, 'utf8'), {
      what: 'the line in the audit log',
      until: (text) =>
        text.split('\n').some((line) => line.includes('configmaps/audited') && line.includes('"eve"')),
    });
  });
});
