import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Fault } from '../../lab/aws/faults.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  accountIn,
  arrivedIn,
  condition,
  HOUR,
  isValid,
  marker,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
  settledAs,
  skip,
  statusOf,
} from './pull-lab.ts';
import { bytesOf, loginOf, versionsOf } from './pull-objects.ts';

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

const failing = ({ region }: Scene, fault: Fault) =>
  lab.aws.faults.add({ match: { action: 'ecr:GetAuthorizationToken', region }, fault });

const uidsOf = (objects: readonly { readonly metadata: { readonly uid?: string } }[]) =>
  objects.map(({ metadata }) => metadata.uid);

/** Resolves when every Secret has a token that is not the one with these bytes. */
const replaced = (namespaces: readonly string[], bytes: string) =>
  waitFor(async () => (await secretsOf(lab, namespaces)).every((secret) => bytesOf(secret) !== bytes), {
    what: 'every Secret to be rotated',
    timeoutMs: 30_000,
  });

test('after half of its life, not before, one new token goes everywhere, in place', async () => {
  const half = scene('half');
  const namespaces = await half.namespaces(6);
  const object = await half.serve(6);
  const [token] = object.status?.tokens ?? [];
  const life = Date.parse(token?.expiresAt ?? '') - Date.parse(token?.issuedAt ?? '');
  expect(life).toBe(12 * HOUR);
  const untilRotation = Date.parse(token?.nextRotation ?? '') - Date.parse(token?.issuedAt ?? '');
  expect(untilRotation / life).toBeGreaterThan(0.44);
  expect(untilRotation / life).toBeLessThanOrEqual(0.5);

  const before = await secretsOf(lab, namespaces);
  const accounts = await Promise.all(namespaces.map((namespace) => accountIn(lab, namespace)));
  await skip(lab, untilRotation - 120_000);
  await marker(lab, half, 'marker');
  expect(half.calls()).toBe(1);
  expect(versionsOf(await secretsOf(lab, namespaces))).toEqual(versionsOf(before));

  await skip(lab, 121_000);
  await replaced(namespaces, bytesOf(before[0]));
  const after = await secretsOf(lab, [...namespaces, 'half-marker']);
  expect(new Set(after.map(bytesOf)).size).toBe(1);
  expect(uidsOf(after.slice(0, 6))).toEqual(uidsOf(before));
  expect(after.every((secret) => isValid(lab, secret))).toBe(true);
  expect(isValid(lab, before[0])).toBe(true);
  expect(half.calls()).toBe(2);
  expect(await Promise.all(namespaces.map((namespace) => accountIn(lab, namespace)))).toEqual(accounts);
  const told = await statusOf(lab, object, ({ tokens }) => tokens?.[0]?.issuedAt !== token?.issuedAt, 'tell');
  expect(Date.parse(told.status?.tokens?.[0]?.nextRotation ?? '')).toBeGreaterThan(
    // Twice 45 % of twelve hours, at the least.
    Date.parse(token?.expiresAt ?? '') - 1.5 * HOUR,
  );
  expect(condition(told.status, 'Ready')?.status).toBe('True');
});

test('AWS away: every Secret stays, the status says until when, and it mends by itself', async () => {
  const outage = scene('outage');
  const namespaces = await outage.namespaces(3);
  const object = await outage.serve(3);
  const before = await secretsOf(lab, namespaces);
  const unchanged = async () =>
    expect(versionsOf(await secretsOf(lab, namespaces))).toEqual(versionsOf(before));
  const until = object.status?.tokens?.[0]?.expiresAt ?? '';
  const fault = failing(outage, { kind: 'access-denied' });

  await skip(lab, 6 * HOUR);
  const told = await settledAs(lab, object, 'AccessDenied', 'Refreshed');
  expect(condition(told.status, 'Refreshed')).toMatchObject({
    status: 'False',
    message: expect.stringContaining(`pulls work until ${until}; ecr:GetAuthorizationToken`),
  });
  expect(condition(told.status, 'Ready')?.status).toBe('True');
  await unchanged();

  // The token at hand still serves who is new, and mends what somebody broke.
  const fresh = await outage.namespace('fresh');
  expect(bytesOf(await arrivedIn(lab, fresh))).toBe(bytesOf(before[0]));
  await lab.admin.patch(await arrivedIn(lab, fresh), { data: { '.dockerconfigjson': 'e30=' } });
  await waitFor(async () => bytesOf(await secretIn(lab, fresh)) === bytesOf(before[0]), {
    what: 'the edited Secret to be back',
  });

  await skip(lab, 3 * HOUR);
  const worried = await settledAs(lab, object, 'TokenExpiring');
  expect(condition(worried.status, 'Ready')).toMatchObject({
    status: 'False',
    message: expect.stringContaining(`the token runs out at ${until}`),
  });
  await unchanged();

  await skip(lab, 3 * HOUR);
  await settledAs(lab, object, 'TokenExpired');
  await unchanged();
  expect(isValid(lab, before[0])).toBe(false);

  fault.remove();
  await skip(lab, 330_000);
  await replaced(namespaces, bytesOf(before[0]));
  const mended = await servedIn(lab, object, 4);
  expect(condition(mended.status, 'Refreshed')?.status).toBe('True');
  const after = await secretsOf(lab, [...namespaces, fresh]);
  expect(uidsOf(after.slice(0, 3))).toEqual(uidsOf(before));
  expect(after.every((secret) => isValid(lab, secret))).toBe(true);
  expect(new Set(after.map(bytesOf)).size).toBe(1);
});

test('an object that is made while AWS is away waits without a Secret, and says why', async () => {
  const early = scene('early');
  const namespace = await early.namespace('a');
  const fault = failing(early, { kind: 'throttle' });
  await early.registry();
  const object = await settledAs(lab, await early.clusterPullSecret(), 'Throttled');
  expect(condition(object.status, 'Ready')).toMatchObject({
    status: 'False',
    message: expect.stringMatching(/ecr:GetAuthorizationToken.*Rate exceeded/),
  });
  expect(await secretIn(lab, namespace)).toBeUndefined();
  expect((await accountIn(lab, namespace)).imagePullSecrets).toBeUndefined();
  fault.remove();
  await skip(lab, 330_000);
  await servedIn(lab, object, 1);
});

describe('an answer that is no token changes no Secret and makes no hot loop', () => {
  const shapes = ['expired', 'no-expiry', 'no-data', 'empty-data', 'garbage'] as const;
  test.each(shapes)('%s', async (shape) => {
    const bad = scene(`bad-${shape}`);
    const namespace = await bad.namespace('a');
    const object = await bad.serve(1);
    const before = await arrivedIn(lab, namespace);
    const fault = failing(bad, { kind: 'bad-token', shape });
    // In one step: `expired` is by AWS's clock, which has to stand still until the answer is there.
    await lab.advance(6 * HOUR);
    await waitFor(() => fault.hits() > 0, { what: 'the answer that is no token' });
    await lab.advance(40_000);
    const told = await settledAs(lab, object, 'TokenUnusable', 'Refreshed');
    expect(condition(told.status, 'Ready')?.status).toBe('True');
    await marker(lab, bad, 'marker');
    // A second, two, four: what a few seconds of real time leave room for.
    expect(fault.hits()).toBeLessThanOrEqual(5);
    expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([before]));
    expect(loginOf(await arrivedIn(lab, `bad-${shape}-marker`)).password === loginOf(before).password).toBe(
      true,
    );
    fault.remove();
    await skip(lab, 330_000);
    await replaced([namespace], bytesOf(before));
  });
});

test('hours of an outage are a bounded number of calls, however many namespaces come and go', async () => {
  const storm = scene('storm');
  await storm.namespaces(2);
  const object = await storm.serve(2);
  const fault = failing(storm, { kind: 'access-denied' });
  await skip(lab, 6 * HOUR);
  await settledAs(lab, object, 'AccessDenied', 'Refreshed');
  const steps = 30;
  const first = fault.hits();
  for (let step = 0; step < steps; step += 1) {
    const before = fault.hits();
    // The longest back-off.
    await lab.advance(330_000);
    await waitFor(() => fault.hits() > before, { what: 'the next attempt' });
    if (step % 3 !== 0) continue;
    await lab.advance(40_000);
    await storm.namespace(`new-${step}`);
    await servedIn(lab, object, 3 + step / 3);
  }
  // The first retries come after seconds of real time.
  expect(fault.hits() - first).toBeLessThanOrEqual(steps + 6);
});
