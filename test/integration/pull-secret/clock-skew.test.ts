import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { TOKEN_LIFETIME_MILLISECONDS } from '../../lab/aws/registry-tokens.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import {
  arrivedIn,
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
} from './pull-lab.ts';
import { bytesOf, loginOf, type PullObject, versionsOf } from './pull-objects.ts';
import { attemptsPass, calledExactly, rotatedIn, told } from './pull-steps.ts';

jest.setTimeout(60_000);

const MINUTE = 60_000;

let lab: Lab;
let operator: OperatorProcess;
let scene: (name: string) => Scene;
/** How far AWS is ahead of the operator now. */
let skewMs = 0;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  operator = await lab.startOperator();
}, 600_000);

afterEach(() => {
  skewTo(0);
  lab.aws.tokens.setLifetime(TOKEN_LIFETIME_MILLISECONDS);
});

afterAll(async () => {
  await lab?.stop();
});

function skewTo(ms: number): void {
  lab.aws.clock.advance(ms - skewMs);
  skewMs = ms;
}

/** By the operator's clock. */
const now = () => lab.aws.clock.now().getTime() - skewMs;

/** Ends the waits of watches, which are the longer the more leaps of time have cut them. */
const settle = async () => {
  await lab.advance(10 * MINUTE);
  await lab.advance(46_000);
};

const skipTo = (time: number) => skip(lab, time - now());

const times = ({ status }: PullObject) => {
  const { issuedAt = '', expiresAt = '', nextRotation = '' } = status?.tokens?.[0] ?? {};
  const [issued, expires, next] = [issuedAt, expiresAt, nextRotation].map(Date.parse) as [
    number,
    number,
    number,
  ];
  return { issued, next, life: expires - issued, share: (next - issued) / (expires - issued) };
};

describe('the next refresh', () => {
  test.each([2, 5, 12])(
    'F2, F3: follows expiresAt, with half of a life of %i hours to spare',
    async (hours) => {
      const follows = scene(`follows-${hours}`);
      const [namespace = ''] = await follows.namespaces(1);
      lab.aws.tokens.setLifetime(hours * HOUR);
      const { next, life, share } = times(await follows.serve(1));
      expect(life).toBe(hours * HOUR);
      expect(share).toBeGreaterThan(0.44);
      expect(share).toBeLessThanOrEqual(0.5);
      const before = await arrivedIn(lab, namespace);
      await skipTo(next - 2 * MINUTE);
      await calledExactly(lab, follows, 1);
      await skipTo(next + 5_000);
      await rotatedIn(lab, [namespace], bytesOf(before));
      const token = lab.aws.tokens.find(loginOf(before).password);
      const spare = (token?.expiresAt.getTime() ?? 0) - lab.aws.clock.now().getTime();
      expect(spare / life).toBeGreaterThan(0.49);
      await calledExactly(lab, follows, 2);
    },
  );

  test('F3: is that of the Secret also after restarts, not an interval from then', async () => {
    const restarted = scene('restarted');
    const namespaces = await restarted.namespaces(2);
    const object = await restarted.serve(2);
    const { next } = times(object);
    const before = await secretsOf(lab, namespaces);
    for (const hours of [2, 5]) {
      await operator.stop();
      await lab.advance(times(object).issued + hours * HOUR - now());
      operator = await lab.startOperator();
      expect(times(await servedIn(lab, object, 2)).next).toBe(next);
    }
    await skipTo(next - 2 * MINUTE);
    await marker(lab, restarted, 'before');
    expect(versionsOf(await secretsOf(lab, namespaces))).toEqual(versionsOf(before));
    await skipTo(next + 5_000);
    await rotatedIn(lab, [...namespaces, 'restarted-before'], bytesOf(before[0]));
    await calledExactly(lab, restarted, 4);
  });
});

describe('a clock that is wrong', () => {
  test.each([
    ['5 hours ahead of AWS', -5, 3.5],
    ['5 hours behind AWS', 5, 6],
    ['20 hours behind AWS', 20, 6],
  ])('by %s: tokens are renewed while they are good, and not more often', async (what, hours, latest) => {
    const wrong = scene(`wrong-${what.replaceAll(' ', '-').toLowerCase()}`);
    const [namespace = ''] = await wrong.namespaces(1);
    skewTo(hours * HOUR);
    const { next, issued } = times(await wrong.serve(1));
    expect((next - issued) / HOUR).toBeLessThanOrEqual(latest);
    const before = await arrivedIn(lab, namespace);
    await skipTo(next - 2 * MINUTE);
    await calledExactly(lab, wrong, 1);
    await skipTo(next + 5_000);
    await rotatedIn(lab, [namespace], bytesOf(before));
    expect(isValid(lab, before)).toBe(true);
    await calledExactly(lab, wrong, 2);
  });

  test.each([
    ['just before', -12 * HOUR + 5 * MINUTE],
    ['long past', -30 * HOUR],
  ])(
    'so far that every token ends %s: no Secret is spoilt, few calls are made, and it mends by itself',
    async (what, ms) => {
      const past = scene(`past-${what.split(' ')[0]}`);
      const [namespace = ''] = await past.namespaces(1);
      const object = await past.serve(1);
      const before = await arrivedIn(lab, namespace);
      skewTo(ms);
      await skip(lab, 6 * HOUR);
      const worried = await settledAs(lab, object, 'TokenUnusable', 'Refreshed');
      expect(told(worried, 'Refreshed').message).toMatch(
        /^pulls work until 2\S+; the token that came runs out at 2\S+, too soon for use: compare this machine's clock with AWS's$/,
      );
      expect(told(worried, 'Ready').status).toBe('True');
      // A second, two, four ... as far as a few seconds of real time reach; then one in a minute.
      const start = past.calls();
      await attemptsPass(lab, past.name, 8, 66_000);
      expect(past.calls() - start).toBeLessThanOrEqual(8 + 6);
      await settle();
      const fresh = await past.namespace('fresh');
      expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([before]));
      expect(bytesOf(await arrivedIn(lab, fresh))).toBe(bytesOf(before));
      skewTo(0);
      await settle();
      await rotatedIn(lab, [namespace], bytesOf(before));
      await servedIn(lab, object, 2);
    },
  );

  test('and is put right while the operator runs, there and back: nothing is lost, and nobody is asked again and again', async () => {
    const jumps = scene('jumps');
    const [namespace = ''] = await jumps.namespaces(1);
    const object = await jumps.serve(1);
    const before = await arrivedIn(lab, namespace);
    await operator.advance(-3 * HOUR);
    await calledExactly(lab, jumps, 1);
    await operator.advance(3 * HOUR);
    await calledExactly(lab, jumps, 1);
    expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([before]));

    await operator.advance(13 * HOUR);
    await settledAs(lab, object, 'TokenExpired');
    expect(bytesOf(await secretIn(lab, namespace))).toBe(bytesOf(before));
    await operator.advance(-13 * HOUR);
    await skip(lab, 13 * HOUR);
    await rotatedIn(lab, [namespace], bytesOf(before));
    await servedIn(lab, object, 3);
    expect(jumps.calls()).toBeLessThanOrEqual(8);
  });
});
