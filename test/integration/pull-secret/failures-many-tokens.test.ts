import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ActiveFault, Fault } from '../../lab/aws/faults.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { arrivedIn, type Scene, scenes, secretIn, secretsOf, servedIn, settledAs, skip } from './pull-lab.ts';
import { roleFor } from './pull-logins.ts';
import { bytesOf, type PullObject } from './pull-objects.ts';
import { attemptsPass, isIn, isOut, millisecondsUntil, relabel } from './pull-steps.ts';

jest.setTimeout(120_000);

const MINUTE = 60_000;
/** Of the AWS SDK, for what may pass by itself. */
const ATTEMPTS = 3;

/** Tokens of one Registry that are asked for at the same time. */
const AT_ONCE = 4;

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
  });
}

/** The waits between two attempts once they are as long as they get (ms): of an outage, and of a refusal. */
const WAITS = { outage: { shortest: 4_500, longest: 5_500 }, refusal: { shortest: 54_000, longest: 66_000 } };

/** So many attempts can have been made by now, a few short waits at first included. */
function attemptsSince(start: number, { shortest }: { readonly shortest: number }): number {
  return 4 + (lab.aws.clock.now().getTime() - start) / shortest;
}

describe('F4: 20 tokens of one Registry', () => {
  const cases: [string, Fault, string, keyof typeof WAITS, number][] = [
    ['AWS is down', { kind: 'server-error' }, 'AWSUnavailable', 'outage', ATTEMPTS],
    ['AWS throttles', { kind: 'throttle' }, 'Throttled', 'outage', ATTEMPTS],
    ['the role cannot be assumed', { kind: 'access-denied' }, 'AccessDenied', 'refusal', 1],
  ];
  test.each(cases)(
    '%s: one attempt at a time asks for all, and all are new when it works again',
    async (how, fault, reason, kind, calls) => {
      const name = `many-${how.split(' ').at(-1)}`;
      const many = await crowd(scene(name), 20);
      await allServed(many);
      expect(many.calls()).toBe(20);
      const before = (await secretsOf(lab, many.namespaces)).map(bytesOf);
      expect(new Set(before).size).toBe(20);
      const active = many.fail(fault);
      await skip(lab, 31 * MINUTE);
      const start = lab.aws.clock.now().getTime();
      await allTold(many, reason);
      await attemptsPass(lab, name, 8, WAITS[kind].longest);
      const most = AT_ONCE + attemptsSince(start, WAITS[kind]);
      expect(many.calls() - 20).toBeLessThanOrEqual(most * calls);

      const back = performance.now();
      active.remove();
      if (kind === 'refusal') await lab.advance(WAITS.refusal.longest);
      await allRotated(many, before);
      expect(performance.now() - back).toBeLessThan(10_000);
      await allServed(many);
    },
  );
});

describe('F6: AWS that does not answer for one Registry', () => {
  test('holds up neither another Registry nor what needs no AWS', async () => {
    const [silent, other] = [scene('silent'), scene('other')];
    const arn = roleFor(lab, silent.name);
    const hanging = lab.aws.faults.add({
      match: { action: 'sts:AssumeRole', resource: arn },
      fault: { kind: 'never' },
    });
    // More than the operator would ask for at the same time.
    const start = lab.aws.clock.now().getTime();
    const stuck = await crowd(silent, 70);
    await waitFor(() => hanging.hits() > 0, { what: 'the first call without an answer' });

    const [namespace = ''] = await other.namespaces(1);
    const served = () => isIn(lab, namespace);
    const tookMs = await millisecondsUntil(() => other.serve(1), served, 'the other to be served');
    // Sooner than the first of the others is given up.
    expect(tookMs).toBeLessThan(21_000);
    const most = AT_ONCE + attemptsSince(start, WAITS.outage);
    expect(hanging.hits()).toBeLessThanOrEqual(most * ATTEMPTS);
    await relabel(lab, namespace, { 'lab.test/scene': null });
    await waitFor(() => isOut(lab, namespace), { what: 'the Secret to follow the label' });
    const late = await other.namespace('late');
    await waitFor(() => isIn(lab, late), { what: 'a new namespace to be served' });
    await lab.admin.delete(await arrivedIn(lab, late));
    await waitFor(() => isIn(lab, late), { what: 'the deleted Secret to be back' });
    expect(await secretIn(lab, stuck.namespaces[0] ?? '')).toBeUndefined();
    const back = performance.now();
    hanging.remove();
    const anyServed = async () => {
      const secrets = await Promise.all(stuck.namespaces.map((one) => secretIn(lab, one)));
      return secrets.some(Boolean);
    };
    await waitFor(anyServed, { what: 'the first Secret after the silence', timeoutMs: 30_000 });
    expect(performance.now() - back).toBeLessThan(10_000);
    await allServed(stuck);
  });
});
