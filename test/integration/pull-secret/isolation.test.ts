import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type Blocking, deadWebhook, policy, quota, silentWebhook } from './namespace-blocks.ts';
import {
  accountIn,
  arrivedIn,
  countedAs,
  gone,
  HOUR,
  pullNames,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
  skip,
} from './pull-lab.ts';
import { bytesOf, versionsOf } from './pull-objects.ts';
import { isIn, rotatedIn, told } from './pull-steps.ts';
import { expectAsQuoted } from './quotes.ts';

jest.setTimeout(60_000);

let lab: Lab;
let proxy: ApiProxy;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  proxy = await startApiProxy(lab.controlPlane);
  await lab.startOperator({ server: proxy.url });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await proxy?.stop();
});

interface Obstacle {
  readonly what: string;
  /** In docs/reasons.md. */
  readonly title: string;
  readonly block: Blocking;
  readonly reason: string;
  readonly words: RegExp;
  /** Whether it lets what is there be changed. */
  readonly updates: boolean;
}

const OBSTACLES: readonly Obstacle[] = [
  {
    what: 'its quota',
    title: 'A quota of the namespace',
    block: quota,
    reason: 'KubernetesForbidden',
    words: /^secrets "ecr-pull" is forbidden: exceeded quota: no-secrets, .*limited: count\/secrets=0$/,
    updates: true,
  },
  {
    what: 'a policy',
    title: 'An admission policy',
    block: policy,
    reason: 'KubernetesForbidden',
    words:
      /^secrets "ecr-pull" is forbidden: ValidatingAdmissionPolicy '\S+' .*: no Secrets in this namespace$/,
    updates: false,
  },
  {
    what: 'a webhook that is not there',
    title: 'A webhook that cannot be reached',
    block: deadWebhook,
    reason: 'KubernetesError',
    words: /^Internal error occurred: failed calling webhook "agrees\.lab\.test": .*connection refused$/,
    updates: false,
  },
];

describe.each(OBSTACLES)(
  'F5: a namespace that is held up by $what',
  ({ what, title, block, reason, words, updates }) => {
    test('is told of, with the API server’s words, costs no other anything, and is served when it is free', async () => {
      const held = scene(`held-${what.split(' ')[1]}`);
      const names = ['stuck', 'a', 'b', 'c'];
      const [stuck = '', ...free] = await Promise.all(names.map((name) => held.namespace(name)));
      const first = await block(lab, stuck);
      await held.registry();
      const object = await held.clusterPullSecret();
      const counts = { matched: 4, ready: 3, failed: 1 };
      const failing = await countedAs(lab, object, counts);
      expect(failing.status?.failures).toEqual([
        { namespace: stuck, reason, message: expect.stringMatching(words) },
      ]);
      const { message } = failing.status?.failures?.[0] ?? {};
      expect(told(failing, 'Delivered')).toEqual({
        status: 'False',
        reason,
        message: `3 of 4 namespaces have the Secret; ${stuck}: ${message}`,
      });
      await expectAsQuoted(lab, failing, title);
      expect(told(failing, 'TokenValid').status).toBe('True');
      // No ServiceAccount names a Secret that is not there.
      expect([await secretIn(lab, stuck), await pullNames(lab, stuck)]).toEqual([undefined, []]);
      for (const namespace of free) expect(await isIn(lab, namespace)).toBe(true);
      await first.remove();
      await skip(lab, 330_000);
      await servedIn(lab, object, 4);

      const second = await block(lab, stuck);
      const before = await secretsOf(lab, [stuck, ...free]);
      await skip(lab, 6 * HOUR);
      const bytes = await rotatedIn(lab, free, bytesOf(before[0]));
      if (updates) await rotatedIn(lab, [stuck], bytesOf(before[0]));
      else {
        await countedAs(lab, object, counts);
        expect(versionsOf([await arrivedIn(lab, stuck)])).toEqual(versionsOf(before.slice(0, 1)));
      }
      await second.remove();
      await skip(lab, 330_000);
      await servedIn(lab, object, 4);
      expect(bytesOf(await arrivedIn(lab, stuck))).toBe(bytes);
      expect(held.calls()).toBe(2);
      await lab.admin.delete(object);
      await gone(lab, object);
    });
  },
);

test('F5: a policy against the ServiceAccounts of a namespace leaves it the Secret, and is told of', async () => {
  const bound = scene('bound');
  const [stuck = '', other = ''] = await bound.namespaces(2);
  await accountIn(lab, stuck);
  const block = await policy(lab, stuck, 'ServiceAccount');
  await bound.registry();
  const object = await bound.clusterPullSecret();
  const failing = await countedAs(lab, object, { matched: 2, ready: 1, failed: 1 });
  expect(failing.status?.failures?.[0]).toMatchObject({
    namespace: stuck,
    reason: 'KubernetesForbidden',
    message: expect.stringMatching(
      /^serviceaccounts "default" is forbidden: Val.*: no ServiceAccounts in this/,
    ),
  });
  expect(await secretIn(lab, stuck)).toBeDefined();
  expect(await isIn(lab, other)).toBe(true);
  await block.remove();
  await skip(lab, 330_000);
  await servedIn(lab, object, 2);
});

test('F5, F6: a webhook that does not answer delays its own namespace alone, also at a rotation', async () => {
  const quiet = scene('quiet');
  const [stuck = '', ...free] = await quiet.namespaces(30);
  const object = await quiet.serve(30);
  const before = bytesOf(await arrivedIn(lab, stuck));
  const block = await silentWebhook(lab, stuck);
  try {
    await lab.advance(6 * HOUR);
    await rotatedIn(lab, free, before);
    await lab.advance(40_000);
    const fresh = await quiet.namespace('fresh');
    await waitFor(() => isIn(lab, fresh), { what: 'a new namespace to be served' });
    const path = `/api/v1/namespaces/${stuck}/secrets/ecr-pull`;
    expect(proxy.mutations({ path }).at(-1)?.status).toBeUndefined();
  } finally {
    await block.remove();
  }
  await skip(lab, 330_000);
  await waitFor(async () => bytesOf(await secretIn(lab, stuck)) !== before, {
    what: 'the namespace that waited',
  });
  await servedIn(lab, object, 31);
});
