import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ActiveFault, Fault } from '../../lab/aws/faults.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { arrivedIn, type Scene, scenes, secretIn, secretsOf, servedIn, settledAs, skip } from './pull-lab.ts';
import { roleFor } from './pull-logins.ts';
import { bytesOf, type PullObject } from './pull-objects.ts';
import { isIn, isOut, millisecondsUntil, relabel } from './pull-steps.ts';

jest.setTimeout(60_000);

const MINUTE = 60_000;
/** Of the AWS SDK, for what may pass by itself. */
const ATTEMPTS = 3;
/** How many tokens are asked for at a time before it is known that AWS is away. */
const WORKERS = 4;

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

/** A Registry with a role, and so many namespaces whose PullSecrets want a token each. */
interface Crowd {
  readonly namespaces: readonly string[];
  readonly objects: readonly PullObject[];
  /** How often the role was assumed, or tried. */
  calls(): number;
  fail(fault: Fault): ActiveFault;
  /** A further namespace with a token of its own. */
  add(suffix: string): Promise<PullObject>;
}

async function crowd(of: Scene, count: number): Promise<Crowd> {
  const arn = roleFor(lab, of.name);
  await of.registry({ pullRoleArn: arn });
  const namespaces = await of.namespaces(count);
  const want = (namespace: string): Promise<PullObject> =>
    of.pullSecret(namespace, { registries: [{ name: of.name, repositories: [`${namespace}/*`] }] });
  return {
    namespaces,
    objects: await Promise.all(namespaces.map(want)),
    calls: () =>
      lab.aws.actions
        .tally('sts:AssumeRole')
        .reduce((sum, one) => sum + (one.roleArn === arn ? one.calls : 0), 0),
    fail: (fault) => lab.aws.faults.add({ match: { action: 'sts:AssumeRole', resource: arn }, fault }),
    add: async (suffix) => want(await of.namespace(suffix)),
  };
}

const allServed = ({ objects }: Crowd) => Promise.all(objects.map((object) => servedIn(lab, object, 1)));

const allTold = ({ objects }: Crowd, reason: string) =>
  Promise.all(objects.map((object) => settledAs(lab, object, reason, 'Refreshed')));

async function allRotated({ namespaces }: Crowd, before: readonly string[]): Promise<void> {
  await waitFor(async () => (await secretsOf(lab, namespaces)).map(bytesOf), {
    what: 'every token to be new',
    until: (now) => now.every((bytes) => !before.includes(bytes)),
    timeoutMs: 20_000,
  });
}

/** Moves on by the longest wait between two attempts, so often, and waits for each. */
async function attempts(of: Crowd, times: number, longestMs: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    const before = of.calls();
    await lab.advance(longestMs);
    await waitFor(() => of.calls() > before, { what: 'the next attempt' });
  }
}

describe('F4: 20 tokens of one Registry', () => {
  test.each<[string, Fault, number]>([
    ['down', { kind: 'server-error' }, ATTEMPTS],
    ['throttling', { kind: 'throttle' }, ATTEMPTS],
  ])(
    'AWS %s: one attempt at a time asks for all, and all are new within 10 s of its return',
    async (how, fault, each) => {
      const many = await crowd(scene(`many-${how}`), 20);
      await allServed(many);
      expect(many.calls()).toBe(20);
      const before = (await secretsOf(lab, many.namespaces)).map(bytesOf);
      expect(new Set(before).size).toBe(20);
      const active = many.fail(fault);
      await skip(lab, 31 * MINUTE);
      await allTold(many, how === 'down' ? 'AWSUnavailable' : 'Throttled');
      const start = many.calls();
      await attempts(many, 10, 7_700);
      // The first ones come after one, two and four seconds of real time.
      expect(many.calls() - start).toBeLessThanOrEqual((10 + 4) * each);
      expect(start - 20).toBeLessThanOrEqual((WORKERS + 4) * each);

      const back = performance.now();
      active.remove();
      await allRotated(many, before);
      expect(performance.now() - back).toBeLessThan(10_000);
      await allServed(many);
    },
  );

  test('a role that cannot be assumed costs one call in a minute', async () => {
    const denied = await crowd(scene('denied'), 20);
    await allServed(denied);
    const active = denied.fail({ kind: 'access-denied' });
    await skip(lab, 31 * MINUTE);
    await allTold(denied, 'AccessDenied');
    const start = denied.calls();
    await attempts(denied, 10, 66_000);
    expect(denied.calls() - start).toBeLessThanOrEqual(10 + 7);
    active.remove();
  });
});

describe('F6: AWS that does not answer for one Registry', () => {
  test('holds up neither another Registry nor what needs no AWS', async () => {
    const [silent, other] = [scene('silent'), scene('other')];
    const arn = roleFor(lab, silent.name);
    const hanging = lab.aws.faults.add({
      match: { action: 'sts:AssumeRole', resource: arn },
      fault: { kind: 'never' },
    });
    const stuck = await crowd(silent, 20);
    await waitFor(() => hanging.hits() > 0, { what: 'the first call without an answer' });

    const [namespace = ''] = await other.namespaces(1);
    const serve = () => other.serve(1);
    expect(await millisecondsUntil(serve, () => isIn(lab, namespace), 'the other to be served')).toBeLessThan(
      5_000,
    );
    await relabel(lab, namespace, { 'lab.test/scene': null });
    await waitFor(() => isOut(lab, namespace), { what: 'the Secret to follow the label' });
    const late = await other.namespace('late');
    await waitFor(() => isIn(lab, late), { what: 'a new namespace to be served' });
    await lab.admin.delete(await arrivedIn(lab, late));
    await waitFor(() => isIn(lab, late), { what: 'the deleted Secret to be back' });
    expect(await secretIn(lab, stuck.namespaces[0] ?? '')).toBeUndefined();
    const back = performance.now();
    hanging.remove();
    for (const one of stuck.namespaces)
      await waitFor(() => secretIn(lab, one), { what: `the Secret in ${one}`, timeoutMs: 30_000 });
    expect(performance.now() - back).toBeLessThan(10_000);
    await allServed(stuck);
  });
});
