import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { timestamp } from '../../../src/runtime/clock.ts';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { ACCOUNT, type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { allowNames, burst, forge, writesIn } from './hostile-steps.ts';
import { naming, tokensFail } from './many-registries.ts';
import { narrowScene, only } from './narrow-scenes.ts';
import { listed } from './pull-accounts.ts';
import {
  accountIn,
  arrivedIn,
  condition,
  gone,
  HOUR,
  isValid,
  marker,
  pullNames,
  type Scene,
  scenes,
  secretIn,
  servedIn,
  settledAs,
  skip,
  withdrawnFrom,
} from './pull-lab.ts';
import { entriesOf } from './pull-logins.ts';
import { bytesOf, registry, versionsOf } from './pull-objects.ts';
import { isIn, rotatedIn, told } from './pull-steps.ts';

jest.setTimeout(90_000);

const MINUTE = 60_000;
const NAMES = ['ecr-pull', 'team-pull'];

let lab: Lab;
let proxy: ApiProxy;
let operator: OperatorProcess;
let scene: (name: string) => Scene;
/** Served by a Registry that nothing here harms: for markers. */
let calm: Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  proxy = await startApiProxy(lab.controlPlane);
  await allowNames(lab, NAMES);
  await start();
  calm = scene('calm');
  await calm.serve(0);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await proxy?.stop();
});

async function start(): Promise<void> {
  const env = { ECR_OPERATOR_PULL_SECRET_NAMES: NAMES.join(',') };
  operator = await lab.startOperator({ server: proxy.url, env });
}

test('a PullSecret that names a Registry that does not exist empties no Secret', async () => {
  const ghost = scene('ghost');
  const namespace = await ghost.namespace('a');
  await accountIn(lab, namespace);
  const object = await ghost.serve(1);
  const before = await arrivedIn(lab, namespace);
  const registries = [{ name: 'ghost-that-is-not-there' }];
  const tenants = await settledAs(lab, await ghost.pullSecret(namespace, { registries }), 'RegistryNotFound');
  await marker(lab, calm, 'ghost');
  expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([before]));
  expect(await pullNames(lab, namespace)).toEqual(['ecr-pull']);

  await lab.admin.delete(tenants);
  await gone(lab, tenants);
  await servedIn(lab, object, 1);
  expect(Object.keys(entriesOf(await secretIn(lab, namespace)))).toEqual([ghost.host]);
  expect(isValid(lab, await secretIn(lab, namespace))).toBe(true);
});

test('a new secretName while AWS is away takes the old Secret away only when the new one is there', async () => {
  const moved = scene('moved');
  const namespace = await moved.namespace('a');
  await accountIn(lab, namespace);
  await moved.serve(1);
  await listed(lab, namespace, { default: ['ecr-pull'] });
  const before = await arrivedIn(lab, namespace);
  const fault = tokensFail(lab, moved);
  // It has no token in memory any more.
  await operator.stop();
  await start();
  proxy.forget();
  const object = await moved.clusterPullSecret({ secretName: 'team-pull' });
  await settledAs(lab, object, 'AWSUnavailable');
  for (const round of [1, 2]) {
    // It is looked at again each five seconds.
    await lab.advance(6_000);
    await marker(lab, calm, `moved-${round}`);
    expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([before]));
    expect(await secretIn(lab, namespace, 'team-pull')).toBeUndefined();
    expect(await pullNames(lab, namespace)).toEqual(['ecr-pull']);
  }
  expect(writesIn(proxy, namespace)).toEqual([]);

  fault.remove();
  await withdrawnFrom(lab, namespace);
  await listed(lab, namespace, { default: ['team-pull'] });
  await servedIn(lab, object, 1);
  expect(isValid(lab, await secretIn(lab, namespace, 'team-pull'))).toBe(true);
  expect(writesIn(proxy, namespace).filter((write) => write.includes('secrets/'))).toEqual([
    'PATCH secrets/team-pull',
    'DELETE secrets/ecr-pull',
  ]);
});

describe('a Secret that somebody writes as ecr-operator, with other content', () => {
  test.each([
    ['an hour younger than ours', 'younger', (time: string) => timestamp(Date.parse(time) + HOUR)],
    ['of the year 9000', 'future', (time: string) => time.replace(/^\d{4}/, '9000')],
  ])('and a login %s is put right at once', async (_what, name, change) => {
    const forged = scene(`forged-${name}`);
    const namespace = await forged.namespace('a');
    const object = await forged.serve(1);
    const before = await forge(lab, namespace, change);
    const after = await waitFor(() => arrivedIn(lab, namespace), {
      what: 'the Secret to be put right',
      until: (secret) => bytesOf(secret) === bytesOf(before),
      timeoutMs: 8_000,
    });
    expect(after.metadata.annotations).toEqual(before.metadata.annotations);
    expect(after.metadata.uid).toBe(before.metadata.uid);
    await servedIn(lab, object, 1);
    expect(forged.calls()).toBe(1);
  });
});

test('two Registries of one account and region in one pull secret are told of, until one is left out', async () => {
  const twice = scene('twice');
  const namespace = await twice.namespace('a');
  await lab.admin.apply(registry('twice-more', { accountId: ACCOUNT, region: twice.region }));
  await twice.registry();
  const both = { registries: [{ name: twice.name }, { name: 'twice-more' }] };
  const object = await settledAs(lab, await twice.clusterPullSecret(both), 'SameHostTwice', 'Accepted');
  expect(told(object, 'Accepted')).toEqual({
    status: 'False',
    reason: 'SameHostTwice',
    message: `Registries twice and twice-more are both ${twice.host}, and a Secret holds one login for a host: leave one out, or list the repositories of both under one`,
  });
  expect(condition(object.status, 'Stalled')?.status).toBe('True');
  // The rest is done all the same.
  expect(isValid(lab, await arrivedIn(lab, namespace))).toBe(true);
  await servedIn(lab, await twice.clusterPullSecret(naming(twice)), 1);
});

test('a new namespace costs one write of its Secret, and two of its ServiceAccount at most', async () => {
  const fresh = scene('fresh');
  await fresh.serve(0);
  proxy.forget();
  const namespaces = await fresh.namespaces(5);
  for (const namespace of namespaces) {
    await waitFor(() => isIn(lab, namespace), { what: `${namespace} to be served` });
  }
  // So long a delivery waits for the watch at most.
  await lab.advance(1_100);
  await marker(lab, calm, 'fresh');
  for (const namespace of namespaces) {
    const writes = writesIn(proxy, namespace);
    // The second one is refused: it was computed before the watch showed the first.
    expect(writes.slice(0, 2)).toEqual(['PATCH secrets/ecr-pull', 'PATCH serviceaccounts/default']);
    expect(writes.slice(2)).toEqual(writes.length > 2 ? ['PATCH serviceaccounts/default'] : []);
  }
});

test('a namespace whose PullSecret wants ever new tokens is held up, and no other one', async () => {
  const { own } = await narrowScene(lab, scene, 'burst');
  const neighbours = await own.namespaces(1);
  const object = await servedIn(lab, await own.clusterPullSecret(), 1);
  const before = bytesOf(await secretIn(lab, neighbours[0] ?? ''));
  const namespace = await own.namespace('greedy', {});
  const started = performance.now();
  const { object: limited, served } = await burst(lab, own, namespace);
  // One more comes each half minute.
  const most = 40 + Math.ceil((performance.now() - started) / 30_000);
  expect([served >= 40, served <= most, own.calls() <= most + 1]).toEqual([true, true, true]);
  expect(told(limited, 'Refreshed').message).toContain(`namespace ${namespace} asked for many new tokens`);

  const other = await own.namespace('other', {});
  await servedIn(lab, await own.pullSecret(other, only(own, 'team-c')), 1);
  const fresh = await own.namespace('fresh');
  expect(bytesOf(await arrivedIn(lab, fresh))).toBe(before);
  const calls = own.calls();
  await skip(lab, 31 * MINUTE);
  await rotatedIn(lab, [...neighbours, fresh], before);
  await servedIn(lab, object, 2);
  expect(told(await servedIn(lab, limited, 1), 'Refreshed').status).toBe('True');
  await marker(lab, calm, 'burst');
  // Of what the burst wanted, the last alone: for the first time by now, or a little before, and then renewed.
  expect([3, 4]).toContain(own.calls() - calls);
});
