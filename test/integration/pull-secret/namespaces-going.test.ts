import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  accountIn,
  arrivedIn,
  pullNames,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
  withdrawnFrom,
} from './pull-lab.ts';
import { core, versionsOf } from './pull-objects.ts';
import { isIn, relabel, warningsOf } from './pull-steps.ts';

jest.setTimeout(60_000);

let lab: Lab;
let proxy: ApiProxy;
let operator: OperatorProcess;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  proxy = await startApiProxy(lab.controlPlane);
  operator = await lab.startOperator({ server: proxy.url });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await proxy?.stop();
});

describe('a namespace that goes', () => {
  const there = (namespace: string) => lab.admin.get<KubeObject>(core('Namespace', namespace));

  /** Ends it at once, by what the namespace controller does in its own time. */
  async function endAtOnce(namespace: string): Promise<void> {
    const ref = core('Namespace', namespace);
    await lab.admin.delete(ref);
    await lab.admin.delete(core('ServiceAccount', 'default', namespace));
    await lab.admin.delete(core('Secret', 'ecr-pull', namespace));
    const path = `${await lab.admin.path(ref)}/finalize`;
    await lab.admin.raw({ method: 'PUT', path, body: { ...ref, spec: { finalizers: [] } } });
    await waitFor(async () => !(await there(namespace)), { what: 'the namespace to go', timeoutMs: 30_000 });
  }

  test('and comes back under its name again and again, as in CI, is served at once each time', async () => {
    const again = scene('again');
    const object = await again.serve(0);
    for (let round = 0; round < 8; round += 1) {
      const namespace = await again.namespace('ci');
      await waitFor(() => isIn(lab, namespace), { what: `the Secret in round ${round}` });
      await endAtOnce(namespace);
    }
    await servedIn(lab, object, 0);
    expect(again.calls()).toBe(1);
  });

  test('F5, F11: is left to itself while it is Terminating: no write, no word, no finalizer, and the others go on', async () => {
    const ending = scene('ending');
    const [stuck = '', other = ''] = await ending.namespaces(2);
    const held = { ...core('ConfigMap', 'held', stuck), data: {} };
    await lab.admin.create({
      ...held,
      metadata: { ...held.metadata, finalizers: ['lab.test/held'] },
    } as never);
    const object = await ending.serve(2);
    await lab.admin.delete(core('Namespace', stuck));
    await withdrawnFrom(lab, stuck);
    proxy.forget();
    const counted = await servedIn(lab, object, 1);
    expect(counted.status).toMatchObject({ namespaces: { matched: 1, ready: 1, failed: 0 } });

    // Everything that wakes a delivery.
    await relabel(lab, stuck, { touched: 'yes' });
    await lab.admin.patch(object, { metadata: { annotations: { touched: 'yes' } } });
    await lab.admin.delete(await arrivedIn(lab, other));
    await waitFor(() => isIn(lab, other), { what: 'the Secret of the other namespace to be back' });
    const fresh = await ending.namespace('fresh');
    await waitFor(() => isIn(lab, fresh), { what: 'the Secret of a new namespace' });
    await servedIn(lab, object, 2);
    const writes = proxy.mutations().map(({ method, path }) => `${method} ${path}`);
    expect(writes.filter((write) => write.includes(stuck))).toEqual([]);
    expect(writes.filter((write) => /\/namespaces\/[^/]+$/.test(write))).toEqual([]);
    expect(await warningsOf(lab, object)).toEqual([]);
    expect((await there(stuck))?.metadata.finalizers).toBeUndefined();
  });

  test('F11: goes also while no operator runs, which finds its successor of the same name later', async () => {
    const alone = scene('alone');
    const namespace = await alone.namespace('a');
    const object = await alone.serve(1);
    await operator.stop();
    await endAtOnce(namespace);
    await alone.namespace('a');
    operator = await lab.startOperator({ server: proxy.url });
    await waitFor(() => isIn(lab, namespace), { what: 'the Secret in the successor' });
    await servedIn(lab, object, 1);
  });
});

describe('F14: in a namespace and its Pods that come in one burst', () => {
  test('no ServiceAccount names a Secret that is not there, and a Pod made from then on has it', async () => {
    const burst = scene('burst');
    const object = await burst.serve(0);
    // Some have their ServiceAccount long before they are selected.
    const known = await Promise.all([0, 1, 2, 3].map((index) => burst.namespace(`known-${index}`, {})));
    for (const namespace of known) await accountIn(lab, namespace);
    proxy.forget();
    const [made] = await Promise.all([
      burst.namespaces(16),
      ...known.map((namespace) => relabel(lab, namespace, burst.labels)),
    ]);
    const namespaces = [...known, ...made];
    const pods = await Promise.all(namespaces.map(podOnceNamed));
    const before = await secretsOf(lab, namespaces);
    for (const { spec } of pods) expect(spec.imagePullSecrets).toEqual([{ name: 'ecr-pull' }]);
    await servedIn(lab, object, 20);
    expect(versionsOf(await secretsOf(lab, namespaces))).toEqual(versionsOf(before));
    for (const namespace of namespaces) {
      // What the watch has not shown yet may be written again; nothing changes by that.
      const writes = new Set(proxy.mutations({ path: new RegExp(`/${namespace}/`) }).map(({ path }) => path));
      expect([...writes]).toEqual([
        `/api/v1/namespaces/${namespace}/secrets/ecr-pull`,
        `/api/v1/namespaces/${namespace}/serviceaccounts/default`,
      ]);
    }
  });

  interface PodObject extends KubeObject {
    readonly spec: { readonly imagePullSecrets?: readonly { readonly name: string }[] };
  }

  /** A Pod that is made as soon as the ServiceAccount names the Secret; the Secret is there by then. */
  async function podOnceNamed(namespace: string): Promise<PodObject> {
    await waitFor(async () => (await pullNames(lab, namespace)).includes('ecr-pull'), {
      what: `the ServiceAccount of ${namespace} to name the Secret`,
      intervalMs: 5,
    });
    expect(await secretIn(lab, namespace)).toBeDefined();
    const spec = { containers: [{ name: 'a', image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1` }] };
    return lab.admin.create<PodObject>({ ...core('Pod', 'first', namespace), spec } as never);
  }
});
