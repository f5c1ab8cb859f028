import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { tokensFail } from './many-registries.ts';
import {
  arrivedIn,
  marker,
  type Scene,
  scenes,
  secretsOf,
  servedIn,
  settledAs,
  skip,
  statusOf,
} from './pull-lab.ts';
import { fillRegistry, visit } from './pull-logins.ts';
import { bytesOf, loginOf, type PullObject, versionsOf } from './pull-objects.ts';
import { calledExactly, eventOf, eventsOf, rotatedIn } from './pull-steps.ts';

jest.setTimeout(60_000);

const MINUTE = 60_000;

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

const now = () => lab.aws.clock.now().getTime();

const ask = (object: PullObject, value: string) =>
  lab.admin.patch(object, {
    metadata: { annotations: { 'ecr-operator.io/rotate-requested-at': value } },
  });

/** The object, once its status answers that request; and when that was done. */
const answered = (object: PullObject, value: string) =>
  statusOf(lab, object, ({ rotation }) => rotation?.request === value, `have answered ${value}`);

const bytesIn = async (namespaces: readonly string[]) => bytesOf((await secretsOf(lab, namespaces))[0]);

test('F20: a token that ECR refuses before its time is replaced everywhere at once, and that is told', async () => {
  const refused = scene('refused');
  const namespaces = await refused.namespaces(4);
  fillRegistry(lab, refused, 'web');
  const object = await refused.serve(4);
  await skip(lab, 15 * MINUTE);
  const [before] = await secretsOf(lab, namespaces);
  expect(await visit(lab, before, refused.host).pull('web')).toBe(200);
  lab.aws.tokens.revoke(loginOf(before).password);
  expect(await visit(lab, before, refused.host).pull('web')).not.toBe(200);

  const asked = now();
  await ask(object, '2026-11-21T12:00:00Z');
  await rotatedIn(lab, namespaces, bytesOf(before));
  const [after] = await secretsOf(lab, namespaces);
  expect(await visit(lab, after, refused.host).pull('web')).toBe(200);
  expect(after?.metadata.uid).toBe(before?.metadata.uid);
  const { status } = await answered(object, '2026-11-21T12:00:00Z');
  const doneAt = Date.parse(status?.rotation?.at ?? '');
  expect(doneAt).toBeGreaterThanOrEqual(asked - 1_000);
  expect(doneAt).toBeLessThanOrEqual(now());
  expect(await eventOf(lab, object, 'Rotated')).toMatchObject({
    type: 'Normal',
    message:
      'the rotation asked for by ecr-operator.io/rotate-requested-at=2026-11-21T12:00:00Z is done in 4 namespaces',
  });
  await calledExactly(lab, refused, 2);
});

test('a value is done once: not again when it stays, when the object changes, or after a restart', async () => {
  const once = scene('once');
  const namespaces = await once.namespaces(2);
  const object = await once.serve(2);
  await skip(lab, 15 * MINUTE);
  const before = await bytesIn(namespaces);
  await ask(object, 'first');
  await answered(object, 'first');
  await rotatedIn(lab, namespaces, before);
  await calledExactly(lab, once, 2);
  await servedIn(lab, object, 3);
  const done = versionsOf(await secretsOf(lab, namespaces));
  const { status } = await answered(object, 'first');

  await ask(object, 'first');
  await once.clusterPullSecret({ serviceAccounts: { mode: 'All' } });
  await skip(lab, 15 * MINUTE);
  await calledExactly(lab, once, 2);
  await operator.stop();
  operator = await lab.startOperator({ server: proxy.url });
  await skip(lab, 15 * MINUTE);
  await calledExactly(lab, once, 3);
  expect(versionsOf(await secretsOf(lab, namespaces))).toEqual(done);
  expect((await answered(object, 'first')).status?.rotation).toEqual(status?.rotation);
  const events = (await eventsOf(lab, object)).filter(({ reason }) => reason === 'Rotated');
  expect(events.map(({ count }) => count)).toEqual([1]);

  const old = await bytesIn(namespaces);
  await ask(object, 'second');
  await rotatedIn(lab, namespaces, old);
  await answered(object, 'second');
  await calledExactly(lab, once, 4);
});

test('however many ask, a registry is asked at most once in ten minutes, and all are answered by that', async () => {
  const eager = scene('eager');
  const [one = ''] = await eager.namespaces(1);
  const own = await eager.namespace('own', {});
  const cluster = await eager.serve(1);
  const pull = await servedIn(lab, await eager.pullSecret(own), 1);
  await skip(lab, 5 * MINUTE);
  const before = await bytesIn([one]);
  for (const value of ['a', 'b', 'c']) {
    await ask(cluster, value);
    await ask(pull, `own-${value}`);
    await marker(lab, eager, value);
  }
  await skip(lab, 4 * MINUTE);
  await calledExactly(lab, eager, 1);
  expect((await lab.admin.get<PullObject>(cluster))?.status?.rotation).toBeUndefined();
  await skip(lab, 2 * MINUTE);
  await rotatedIn(lab, [one, own], before);
  await answered(cluster, 'c');
  await answered(pull, 'own-c');
  await calledExactly(lab, eager, 2);
  await skip(lab, 30 * MINUTE);
  await calledExactly(lab, eager, 2);
});

test('a request is not said to be done before it is: neither while AWS is away nor while a namespace refuses', async () => {
  const slow = scene('slow');
  const namespaces = await slow.namespaces(2);
  const object = await slow.serve(2);
  await skip(lab, 15 * MINUTE);
  const before = await bytesIn(namespaces);
  const outage = tokensFail(lab, slow);
  const refusal = proxy.addFault({
    match: { method: 'PATCH', path: `/api/v1/namespaces/${namespaces[1]}/secrets/ecr-pull` },
    fault: { kind: 'respond', status: 500 },
  });
  await ask(object, 'now');
  await settledAs(lab, object, 'AWSUnavailable', 'Refreshed');
  await marker(lab, slow, 'outage');
  expect((await lab.admin.get<PullObject>(object))?.status?.rotation).toBeUndefined();
  outage.remove();
  await rotatedIn(lab, namespaces.slice(0, 1), before);
  await waitFor(() => refusal.hits() > 0, { what: 'the write that is refused' });
  await marker(lab, slow, 'refused');
  expect(bytesOf(await arrivedIn(lab, namespaces[1] ?? ''))).toBe(before);
  expect((await lab.admin.get<PullObject>(object))?.status?.rotation).toBeUndefined();

  // A restart in the middle does not make it forgotten.
  await operator.stop();
  operator = await lab.startOperator({ server: proxy.url });
  refusal.remove();
  await skip(lab, 15 * MINUTE);
  await rotatedIn(lab, namespaces, before);
  await answered(object, 'now');
});
