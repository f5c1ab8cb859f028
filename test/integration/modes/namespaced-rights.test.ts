import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { accountCallsIn } from '../../lab/account-record.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { comparedRights, rightsIn } from '../../lab/rights.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  arrivedIn,
  gone,
  HOUR,
  pullNames,
  secretIn,
  servedIn,
  skip,
  withdrawnFrom,
} from '../pull-secret/pull-lab.ts';
import { bytesOf, type PullObject } from '../pull-secret/pull-objects.ts';
import { keysInSecret, NAMESPACED, namespaceIn, WATCHED } from './mode-lab.ts';
import { type NamespacedLab, startNamespacedLab } from './namespaced-lab.ts';

jest.setTimeout(90_000);

let lab: NamespacedLab;

beforeAll(async () => {
  lab = await startNamespacedLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

describe('the rights', () => {
  test('of the shipped Roles are all used, and no other: in each namespace, and in the operator’s own', async () => {
    await keysInSecret(lab);
    await lab.writeRegistries({ default: { credentials: { secretRef: { name: 'aws-credentials' } } } });
    const names = ['rights-a', 'rights-b'];
    for (const name of names) await namespaceIn(lab, name);
    const operator = await lab.start(names, { ECR_OPERATOR_LEADER_ELECT: 'true' });
    for (const name of names) {
      const object = await servedIn(lab, await lab.claim(name, { foreignEntries: 'Keep' }), 1);
      expect(await pullNames(lab, name)).toEqual(['ecr-pull']);
      await lab.admin.delete(await arrivedIn(lab, name));
      await servedIn(lab, object, 1);
    }
    const before = bytesOf(await arrivedIn(lab, 'rights-a'));
    await skip(lab, 6 * HOUR);
    await waitFor(async () => bytesOf(await secretIn(lab, 'rights-a')) !== before, { what: 'the rotation' });
    await writeFile(lab.file, 'wrong');
    await lab.advance(10_000);
    await waitFor(() => events('RegistriesFileRefused'), {
      what: 'the Event',
      until: (found) => found.length > 0,
    });
    for (const name of names) {
      const object = await lab.claim(name, { foreignEntries: 'Keep' });
      await lab.admin.delete(object);
      await withdrawnFrom(lab, name);
      await retained(name);
    }
    expect(await operator.stop()).toBe(true);
    const watched = await lab.kubectl('kustomize', WATCHED);
    const rights = [
      ...rightsIn(await lab.kubectl('kustomize', NAMESPACED), { file: 'namespaced' }),
      ...names.flatMap((namespace) => rightsIn(watched, { file: 'watched', namespace })),
    ];
    const calls = await accountCallsIn(lab.controlPlane.files.auditLog);
    expect(new Set(rights.map(({ namespace }) => namespace))).toEqual(
      new Set([OPERATOR_NAMESPACE, ...names]),
    );
    expect(comparedRights({ calls, rights })).toMatchObject({ missing: [], unused: [] });
  });

  test('are none in the whole cluster: no ClusterRole is bound to the operator', async () => {
    const bindings = JSON.parse(await lab.kubectl('get', 'clusterrolebindings', '-o', 'json')) as {
      readonly items: readonly { readonly subjects?: readonly { readonly name: string }[] }[];
    };
    const isOperators = ({ subjects = [] }: (typeof bindings.items)[number]) =>
      subjects.some(({ name }) => name === 'ecr-operator');
    expect(bindings.items.filter(isOperators)).toEqual([]);
  });
});

async function events(reason: string): Promise<readonly KubeObject[]> {
  const all = await lab.admin.list<KubeObject & { readonly reason: string }>({
    apiVersion: 'v1',
    kind: 'Event',
    namespace: OPERATOR_NAMESPACE,
  });
  return all.filter((event) => event.reason === reason);
}

/** A PullSecret that leaves its Secret behind; it alone has the finalizer. */
async function retained(namespace: string): Promise<void> {
  const object = await servedIn(lab, await lab.claim(namespace, { deletionPolicy: 'Retain' }), 1);
  const until = (now?: PullObject) =>
    now?.metadata.finalizers?.includes('ecr-operator.io/finalizer') ?? false;
  await waitFor(() => lab.admin.get<PullObject>(object), { what: 'the finalizer', until });
  await lab.admin.delete(object);
  await gone(lab, object);
  const { labels = {} } = (await arrivedIn(lab, namespace)).metadata;
  expect(Object.keys(labels)).not.toContain('app.kubernetes.io/managed-by');
  expect(await pullNames(lab, namespace)).toEqual(['ecr-pull']);
}
