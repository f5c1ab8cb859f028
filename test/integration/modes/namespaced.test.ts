import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { freePort } from '../../lab/ports.ts';
import { rightsKnown } from '../../lab/rights-known.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  arrivedIn,
  condition,
  gone,
  pullNames,
  secretIn,
  servedIn,
  settledAs,
  withdrawnFrom,
} from '../pull-secret/pull-lab.ts';
import { core, type PullObject, versionsOf } from '../pull-secret/pull-objects.ts';
import { giveRights, namespaceIn } from './mode-lab.ts';
import { type NamespacedLab, startNamespacedLab } from './namespaced-lab.ts';

const ROLES = 'rbac.authorization.k8s.io/v1';

jest.setTimeout(90_000);

let lab: NamespacedLab;

beforeAll(async () => {
  lab = await startNamespacedLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

describe('namespaces that are not all there', () => {
  const NAMES = ['open', 'closed', 'partly', 'later'];
  let operator: OperatorProcess;
  let health: number;
  let metrics: number;

  beforeAll(async () => {
    [health, metrics] = [await freePort(), await freePort()];
    await lab.writeRegistries({ default: {} });
    await namespaceIn(lab, 'open');
    await namespaceIn(lab, 'closed', { watched: false });
    await namespaceIn(lab, 'elsewhere', { watched: false });
    await namespaceIn(lab, 'partly');
    await withoutRight('partly', 'serviceaccounts');
    operator = await lab.start(NAMES, {
      ECR_OPERATOR_HEALTH_PROBE_BIND_ADDRESS: `127.0.0.1:${health}`,
      ECR_OPERATOR_METRICS_BIND_ADDRESS: `127.0.0.1:${metrics}`,
    });
  }, 120_000);

  afterAll(async () => {
    await operator?.stop();
  });

  test('do not hold up the others, and the log names them', async () => {
    await servedIn(lab, await lab.claim('open'), 1);
    const log = await lab.operatorLog();
    const refused = log.split('\n').filter((line) => line.includes('namespace cannot be read'));
    for (const name of ['closed', 'partly', 'later'])
      expect(refused.filter((line) => line.includes(`"namespace":"${name}"`)).length).toBeGreaterThan(0);
    expect(refused.filter((line) => line.includes('"namespace":"open"'))).toEqual([]);
  });

  test('are named by /readyz, which is well all the same, and counted among the metrics', async () => {
    const ready = await fetch(`http://127.0.0.1:${health}/readyz?verbose`);
    expect([ready.status, await ready.text()]).toEqual([
      200,
      expect.stringMatching(/\[\+\]watched-namespaces ok, but: .*cannot read serviceaccounts in partly/),
    ]);
    const numbers = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    expect(numbers).toContain('\necr_operator_watched_namespaces_closed 3\n');
    expect(numbers).toContain('\necr_operator_registries_file_refused 0\n');
  });

  test('where a right is missing, a PullSecret says which, and nothing is written', async () => {
    const object = await settledAs(lab, await lab.claim('partly'), 'NamespaceClosed');
    expect(condition(object.status, 'Ready')?.message).toContain(
      'cannot read serviceaccounts in namespace partly',
    );
    expect(await secretIn(lab, 'partly')).toBeUndefined();
    await giveRights(lab, 'partly');
    await lab.lookAgain();
    await servedIn(lab, object, 1);
  });

  test('where a right is taken away, a PullSecret that leaves its Secret behind waits to be let go', async () => {
    const object = await lab.claim('partly', { deletionPolicy: 'Retain' });
    const current = () => lab.admin.get<PullObject>(object);
    await waitFor(current, {
      what: 'the finalizer',
      until: (now) => now?.metadata.finalizers?.includes('ecr-operator.io/finalizer') ?? false,
    });
    await withoutRight('partly', 'namespaces');
    await lab.lookAgain();
    await settledAs(lab, object, 'NamespaceClosed');
    const before = await arrivedIn(lab, 'partly');
    await lab.admin.delete(object);
    await waitFor(current, {
      what: 'it to wait',
      until: (now) => condition(now?.status, 'Delivered')?.reason === 'Withdrawing',
    });
    await giveRights(lab, 'partly');
    await lab.lookAgain();
    await gone(lab, object);
    const { uid, labels = {} } = (await arrivedIn(lab, 'partly')).metadata;
    expect([uid, labels['app.kubernetes.io/managed-by']]).toEqual([before.metadata.uid, undefined]);
    expect(await pullNames(lab, 'partly')).toEqual(['ecr-pull']);
  });

  test('are served without a restart once the Role is there, and once the namespace is', async () => {
    const closed = await lab.claim('closed');
    await giveRights(lab, 'closed');
    await namespaceIn(lab, 'later');
    await lab.lookAgain();
    await servedIn(lab, closed, 1);
    await servedIn(lab, await lab.claim('later'), 1);
  });

  test('are left alone where they are not in the list', async () => {
    await giveRights(lab, 'elsewhere');
    const object = await lab.claim('elsewhere');
    await lab.lookAgain();
    // By the time that another object was looked at, which was made after it.
    const marker = await settledAs(lab, await lab.claim('open', {}, 'marker'), 'SecretConflict');
    await lab.admin.delete(marker);
    expect((await lab.admin.get<PullObject>(object))?.status).toBeUndefined();
    expect(await secretIn(lab, 'elsewhere')).toBeUndefined();
  });

  test('whose PullSecrets cannot be read at the start keep the Secrets that are there', async () => {
    const before = await arrivedIn(lab, 'open');
    await operator.stop();
    await withoutRight('open', 'pullsecrets');
    operator = await lab.start(NAMES);
    await servedIn(lab, await lab.claim('later'), 1);
    await lab.lookAgain();
    expect(versionsOf([await arrivedIn(lab, 'open')])).toEqual(versionsOf([before]));
    await giveRights(lab, 'open');
    await lab.lookAgain();
    await servedIn(lab, await lab.claim('open'), 1);
    expect((await arrivedIn(lab, 'open')).metadata.uid).toBe(before.metadata.uid);
  });

  test('have nothing left of a PullSecret that was deleted while no operator ran', async () => {
    const object = await servedIn(lab, await lab.claim('closed'), 1);
    expect(object.metadata.finalizers ?? []).toEqual([]);
    await operator.stop();
    await lab.admin.delete(object);
    expect(await pullNames(lab, 'closed')).toEqual(['ecr-pull']);
    operator = await lab.start(NAMES);
    await withdrawnFrom(lab, 'closed');
    await waitFor(async () => (await pullNames(lab, 'closed')).length === 0, { what: 'the entry to go' });
  });

  test('that are deleted hold nobody up, and are served again when they come back', async () => {
    await lab.admin.delete(core('Namespace', 'later'));
    await waitFor(async () => ({ left: await lab.admin.get(core('Namespace', 'later')) }), {
      what: 'the namespace to be gone',
      until: ({ left }) => !left,
      timeoutMs: 40_000,
    });
    await lab.lookAgain();
    await namespaceIn(lab, 'later');
    const object = await lab.claim('later');
    await lab.lookAgain();
    await servedIn(lab, object, 1);
  });
});

/** Has the Role of a watched namespace name one kind less to read; resolves when that is in force. */
async function withoutRight(namespace: string, resource: string): Promise<void> {
  const ref = { apiVersion: ROLES, kind: 'Role', metadata: { name: 'ecr-operator', namespace } };
  const role = await lab.admin.get<KubeObject & { readonly rules: readonly { resources: string[] }[] }>(ref);
  const rules = role?.rules.filter(({ resources }) => !resources.includes(resource));
  await lab.admin.patch(ref, { rules });
  await rightsKnown(lab.admin);
}

describe('tenancy', () => {
  test('goes by the labels of the namespace, as they were half a minute ago at most', async () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/ecr-pull`;
    lab.aws.addRole({ arn: role, trusts: ['*'] });
    const rule = {
      allow: ['Pull'],
      repositoryPrefixes: ['a'],
      namespaceSelector: { matchLabels: { team: 'a' } },
    } as const;
    await lab.writeRegistries({ default: { pullRoleArn: role, tenancy: { rules: [rule] } } });
    await namespaceIn(lab, 'labelled', { labels: { team: 'a' } });
    const operator = await lab.start(['labelled']);
    const object = await servedIn(lab, await lab.claim('labelled'), 1);
    expect(object.status?.tokenScope).toBe('Scoped');
    await lab.admin.patch(core('Namespace', 'labelled'), { metadata: { labels: { team: 'b' } } });
    await lab.advance(30_000);
    await settledAs(lab, object, 'TenancyDenied');
    await withdrawnFrom(lab, 'labelled');
    expect(await operator.stop()).toBe(true);
  });
});
