import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  accountIn,
  arrivedIn,
  isValid,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
  withdrawnFrom,
} from './pull-lab.ts';
import { bytesOf, core, loginOf } from './pull-objects.ts';

jest.setTimeout(60_000);

let lab: Lab;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  await lab.startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const relabel = (namespace: string, labels: Readonly<Record<string, string | null>>) =>
  lab.admin.patch(core('Namespace', namespace), { metadata: { labels } });

describe('a ClusterPullSecret', () => {
  test('gives fifty namespaces one token, by one call, in identical bytes', async () => {
    const fifty = scene('fifty');
    const namespaces = await fifty.namespaces(50);
    const object = await fifty.serve(50);

    expect(fifty.calls()).toBe(1);
    expect(object.status?.namespaces).toEqual({ matched: 50, ready: 50, failed: 0 });
    const secrets = await secretsOf(lab, namespaces);
    expect(new Set(secrets.map(bytesOf)).size).toBe(1);
    expect(new Set(secrets.map(({ type }) => type))).toEqual(new Set(['kubernetes.io/dockerconfigjson']));
    const { hosts, username, bothForms, password } = loginOf(secrets[0]);
    expect({ hosts, username, bothForms }).toEqual({
      hosts: [fifty.host],
      username: 'AWS',
      bothForms: true,
    });
    expect(isValid(lab, secrets[0])).toBe(true);
    expect(lab.aws.tokens.find(password)?.region).toBe(fifty.region);
    for (const namespace of namespaces) {
      expect((await accountIn(lab, namespace)).imagePullSecrets).toEqual([{ name: 'ecr-pull' }]);
    }
    const left = await lab.admin.list<KubeObject>({ apiVersion: 'v1', kind: 'Namespace' });
    expect(left.filter(({ metadata }) => metadata.finalizers)).toEqual([]);
  });

  test('serves a namespace that is created later with the same bytes, without a call', async () => {
    const later = scene('later');
    const before = await later.namespace('before');
    const object = await later.serve(1);
    const latencies: number[] = [];
    for (let index = 0; index < 10; index += 1) {
      const started = performance.now();
      const namespace = await later.namespace(`new-${index}`);
      await waitFor(async () => (await accountIn(lab, namespace)).imagePullSecrets, {
        what: 'the ServiceAccount to name the Secret',
        intervalMs: 5,
      });
      latencies.push(performance.now() - started);
      expect(bytesOf(await secretIn(lab, namespace))).toBe(bytesOf(await secretIn(lab, before)));
    }
    latencies.sort((a, b) => a - b);
    expect(latencies[5]).toBeLessThan(1_000);
    await servedIn(lab, object, 11);
    expect(later.calls()).toBe(1);
  });

  test('follows the labels of a namespace, in and out and in again', async () => {
    const labels = scene('labels');
    const stays = await labels.namespace('stays');
    const moves = await labels.namespace('moves', { 'lab.test/scene': 'elsewhere' });
    const object = await labels.serve(1);
    expect(await secretIn(lab, moves)).toBeUndefined();
    expect((await accountIn(lab, moves)).imagePullSecrets).toBeUndefined();

    for (const round of [1, 2]) {
      await relabel(moves, labels.labels);
      await servedIn(lab, object, 2);
      expect(bytesOf(await secretIn(lab, moves))).toBe(bytesOf(await secretIn(lab, stays)));
      expect((await accountIn(lab, moves)).imagePullSecrets).toEqual([{ name: 'ecr-pull' }]);

      await relabel(moves, { 'lab.test/scene': round === 1 ? 'elsewhere' : null });
      await withdrawnFrom(lab, moves);
      const account = await waitFor(() => accountIn(lab, moves), {
        what: 'the entry to go',
        until: ({ imagePullSecrets = [] }) => imagePullSecrets.length === 0,
      });
      expect(account.metadata.annotations ?? {}).toEqual({});
      await servedIn(lab, object, 1);
    }
    expect(labels.calls()).toBe(1);
  });

  test('selects by expressions as Kubernetes does, and every namespace without a selector', async () => {
    const chosen = scene('chosen');
    const prod = await chosen.namespace('prod', { ...chosen.labels, stage: 'prod' });
    const test = await chosen.namespace('test', { ...chosen.labels, stage: 'test' });
    const none = await chosen.namespace('none');
    await chosen.registry();
    const namespaceSelector = {
      matchLabels: chosen.labels,
      matchExpressions: [{ key: 'stage', operator: 'NotIn' as const, values: ['test'] }],
    };
    const object = await servedIn(lab, await chosen.clusterPullSecret({ namespaceSelector }), 2);
    expect([await secretIn(lab, prod), await secretIn(lab, none)].every(Boolean)).toBe(true);
    expect(await secretIn(lab, test)).toBeUndefined();
    // Narrowing the selector takes Secrets away.
    const narrowed = { matchLabels: { ...chosen.labels, stage: 'prod' } };
    await servedIn(lab, await chosen.clusterPullSecret({ namespaceSelector: narrowed }), 1);
    await withdrawnFrom(lab, none);
    expect(object.metadata.finalizers).toBeDefined();
  });
});

describe('both kinds', () => {
  test('can be waited for with kubectl', async () => {
    const waited = scene('waited');
    const namespace = await waited.namespace('a');
    const own = await waited.namespace('own', {});
    await waited.registry();
    await waited.clusterPullSecret();
    await waited.pullSecret(own);
    const ready = ['--for=condition=Ready', '--timeout=50s'];
    await lab.kubectl('wait', ...ready, 'clusterpullsecret', waited.name);
    await lab.kubectl('wait', ...ready, '-n', own, 'pullsecret', waited.name);
    expect(bytesOf(await arrivedIn(lab, own))).toBe(bytesOf(await arrivedIn(lab, namespace)));
    expect((await accountIn(lab, own)).imagePullSecrets).toEqual([{ name: 'ecr-pull' }]);
    expect(waited.calls()).toBe(1);
    const shown = await lab.kubectl('get', 'ecrcps', waited.name, '-o', 'wide');
    expect(shown).toMatch(/True\s/);
  });
});
