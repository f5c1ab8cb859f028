import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  accountIn,
  arrivedIn,
  marker,
  pullNames,
  type Scene,
  scenes,
  secretIn,
  servedIn,
  settledAs,
  skip,
} from './pull-lab.ts';
import { core } from './pull-objects.ts';
import { isIn, told, warningsOf } from './pull-steps.ts';

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

const TEN_MINUTES = 600_000;

/** Something that keeps the ServiceAccount `default` as it wants it, until it is stopped. */
interface Tool {
  /** How often it had to. */
  reverts(): number;
  stop(): Promise<void>;
}

function startTool(namespace: string, revert: () => Promise<unknown>): Tool {
  let [running, count] = [true, 0];
  const loop = async (): Promise<void> => {
    while (running) {
      if ((await pullNames(lab, namespace)).includes('ecr-pull')) {
        await revert();
        count += 1;
      }
      await sleep(10);
    }
  };
  const ended = loop();
  return {
    reverts: () => count,
    stop() {
      running = false;
      return ended;
    },
  };
}

const TOOLS: readonly [string, string, (namespace: string) => Promise<unknown>][] = [
  [
    'applies its own list with force, as Argo CD and Flux do',
    'somebody (field manager argocd-controller) keeps',
    (namespace) =>
      lab.admin.apply(
        { ...core('ServiceAccount', 'default', namespace), imagePullSecrets: [{ name: 'theirs' }] } as never,
        { fieldManager: 'argocd-controller' },
      ),
  ],
  [
    'takes the list away, as kubectl replace does',
    'somebody keeps',
    (namespace) => lab.admin.patch(core('ServiceAccount', 'default', namespace), { imagePullSecrets: null }),
  ],
];

describe.each(TOOLS)('F13: a tool that %s', (how, who, revert) => {
  test('meets back-off and a condition that names it, harms no other namespace, and is forgiven', async () => {
    const fight = scene(`fight-${how.split(' ')[0]}`);
    const namespace = await fight.namespace('a');
    await fight.namespace('peaceful');
    const object = await fight.serve(2);
    proxy.forget();
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    const writes = () => proxy.mutations({ path, where: ({ status }) => status === 200 }).length;
    const tool = startTool(namespace, () => revert(namespace));
    try {
      const contested = await settledAs(lab, object, 'ServiceAccountContested');
      expect(told(contested, 'Delivered')).toEqual({
        status: 'False',
        reason: 'ServiceAccountContested',
        message: expect.stringContaining(
          `1 of 2 namespaces have the Secret; ${namespace}: ${who} taking ecr-pull out of imagePullSecrets of ServiceAccount default, which was put back 5 times: tried again at 2`,
        ),
      });
      expect(told(contested, 'Delivered').message).toContain(
        'have that tool ignore the field or name ecr-pull itself, or write serviceAccounts.mode None',
      );
      expect(contested.status?.failures).toHaveLength(1);
      // The first was before the fight.
      expect(writes()).toBe(5);
      await marker(lab, fight, 'before');
      expect(writes()).toBe(5);

      // All else goes on there, and elsewhere.
      await lab.admin.delete(await arrivedIn(lab, namespace));
      await waitFor(() => secretIn(lab, namespace), { what: 'the Secret to be back' });
      for (const round of [1, 2, 3]) {
        const before = tool.reverts();
        await skip(lab, TEN_MINUTES + 60_000);
        await waitFor(() => tool.reverts() > before, {
          what: `another revert in round ${round}`,
          timeoutMs: 30_000,
        });
        await marker(lab, fight, `after-${round}`);
      }
      // In 33 minutes: 10 s later, 20 more, 40, 80, 160, 320, and ten minutes twice.
      expect(writes()).toBeGreaterThanOrEqual(5 + 3);
      expect(writes()).toBeLessThanOrEqual(5 + 8);
      const status = `/apis/ecr-operator.io/v1alpha1/clusterpullsecrets/${fight.name}/status`;
      expect(proxy.mutations({ path: status }).length).toBeLessThan(40);
      // At most one for each time that it was put back and may have looked well for a moment.
      const warnings = await warningsOf(lab, object);
      expect(new Set(warnings)).toEqual(new Set(['ServiceAccountContested']));
      expect(warnings.length).toBeLessThanOrEqual(1 + writes() - 5);
    } finally {
      await tool.stop();
    }
    await skip(lab, TEN_MINUTES + 60_000);
    await waitFor(() => isIn(lab, namespace), { what: 'the entry to be back for good' });
    await servedIn(lab, object, 6);
  });
});

test('what a person takes out a few times is back at once each time, and is no fight', async () => {
  const person = scene('person');
  const namespace = await person.namespace('a');
  const object = await person.serve(1);
  for (const name of ['one', 'two', 'three', 'four']) {
    const imagePullSecrets = [{ name }];
    await lab.admin.patch(core('ServiceAccount', 'default', namespace), { imagePullSecrets });
    const now = await waitFor(() => accountIn(lab, namespace), {
      what: 'the entry to be back',
      until: (account) => account.imagePullSecrets?.length === 2,
      timeoutMs: 8_000,
    });
    expect(now.imagePullSecrets).toEqual([{ name }, { name: 'ecr-pull' }]);
  }
  await servedIn(lab, object, 1);
  expect(await warningsOf(lab, object)).toEqual([]);
});
