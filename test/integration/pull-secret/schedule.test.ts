import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  arrivedIn,
  condition,
  HOUR,
  type Scene,
  scenes,
  secretsOf,
  servedIn,
  settledAs,
  skip,
  statusOf,
} from './pull-lab.ts';
import { bytesOf, versionsOf } from './pull-objects.ts';
import { calledExactly, eventOf, rotatedIn, told } from './pull-steps.ts';

jest.setTimeout(60_000);

const MINUTE = 60_000;

let lab: Lab;
let operator: OperatorProcess;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  operator = await lab.startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const now = () => lab.aws.clock.now().getTime();

const restart = async () => {
  await operator.stop();
  operator = await lab.startOperator();
};

/** Moves time on to that moment. */
const skipTo = (time: number) => skip(lab, time - now());

/** A daily schedule that comes so long from now, and when that is. */
function dailyIn(ms: number): { readonly schedule: string; readonly at: number } {
  const at = Math.ceil((now() + ms) / MINUTE) * MINUTE;
  const date = new Date(at);
  return { schedule: `${date.getUTCMinutes()} ${date.getUTCHours()} * * *`, at };
}

const rotation = (schedule: string, timeZone = 'UTC') => ({ rotation: { schedule, timeZone } });

describe('F18: rotation.schedule', () => {
  test('adds its times to those of the token’s own life, once each, everywhere', async () => {
    const daily = scene('daily');
    const namespaces = await daily.namespaces(3);
    const { schedule, at } = dailyIn(2 * HOUR);
    const object = await daily.serve(3, rotation(schedule));
    const [first] = await secretsOf(lab, namespaces);
    await statusOf(
      lab,
      object,
      ({ tokens }) => Date.parse(tokens?.[0]?.nextRotation ?? '') === at,
      `name ${new Date(at).toISOString()} as the next rotation`,
    );
    await skipTo(at - 2 * MINUTE);
    await calledExactly(lab, daily, 1);
    await skipTo(at + 1_000);
    await rotatedIn(lab, namespaces, bytesOf(first));
    await calledExactly(lab, daily, 2);
    // As soon as the operator has seen the Secrets that it wrote.
    await statusOf(
      lab,
      object,
      ({ tokens }) => Date.parse(tokens?.[0]?.nextRotation ?? '') > at + 5 * HOUR,
      'name a rotation after five hours as the next one',
    );
    // From then on its own life counts, which ends before the next day's time.
    await skipTo(at + 5 * HOUR);
    await calledExactly(lab, daily, 2);
    await skipTo(at + 6 * HOUR + 10_000);
    await calledExactly(lab, daily, 3);
  });

  test('that runs every minute rotates every ten minutes at most', async () => {
    const minutely = scene('minutely');
    const namespaces = await minutely.namespaces(1);
    await minutely.serve(1, rotation('* * * * *'));
    for (let round = 1; round <= 4; round += 1) {
      const before = bytesOf((await secretsOf(lab, namespaces))[0]);
      await skip(lab, 9 * MINUTE);
      await calledExactly(lab, minutely, round);
      await skip(lab, 2 * MINUTE);
      await rotatedIn(lab, namespaces, before);
      await calledExactly(lab, minutely, round + 1);
    }
  });

  test('does not overlap: while an answer is outstanding, nothing else is asked', async () => {
    const slow = scene('slow');
    await slow.serve(0, rotation('*/15 * * * *'));
    await calledExactly(lab, slow, 1);
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    const match = { action: 'ecr:GetAuthorizationToken', region: slow.region };
    const fault = lab.aws.faults.add({ match, fault: { kind: 'slow', until } });
    await skip(lab, 16 * MINUTE);
    await waitFor(() => fault.hits() > 0, { what: 'the call' });
    for (let round = 0; round < 3; round += 1) await skip(lab, 15 * MINUTE);
    await calledExactly(lab, slow, 1);
    expect(fault.hits()).toBe(1);
    fault.remove();
    answer();
    // That one, and one for all the times that came after it was asked for.
    await calledExactly(lab, slow, 3);
  });
});

describe('F18: a time that passes while no operator runs', () => {
  test('is caught up at the start, exactly once', async () => {
    const missed = scene('missed');
    const namespaces = await missed.namespaces(3);
    const { schedule, at } = dailyIn(HOUR);
    const object = await missed.serve(3, rotation(schedule));
    const [before] = await secretsOf(lab, namespaces);
    await operator.stop();
    await lab.advance(at + HOUR - now());
    operator = await lab.startOperator();
    await rotatedIn(lab, namespaces, bytesOf(before));
    await calledExactly(lab, missed, 2);
    await servedIn(lab, object, 4);

    const after = versionsOf(await secretsOf(lab, namespaces));
    await restart();
    // The one that a start asks for; it is for whoever comes next.
    await calledExactly(lab, missed, 3);
    await skip(lab, 2 * HOUR);
    await calledExactly(lab, missed, 3);
    expect(versionsOf(await secretsOf(lab, namespaces))).toEqual(after);
  });

  test('rotates nothing if it was not missed, or is still to come', async () => {
    const kept = scene('kept');
    const namespaces = await kept.namespaces(2);
    const { schedule, at } = dailyIn(HOUR);
    await kept.serve(2, rotation(schedule));
    const [first] = await secretsOf(lab, namespaces);
    const fresh = versionsOf(await secretsOf(lab, namespaces));
    await restart();
    await calledExactly(lab, kept, 2);
    expect(versionsOf(await secretsOf(lab, namespaces))).toEqual(fresh);

    await skipTo(at + 1_000);
    await rotatedIn(lab, namespaces, bytesOf(first));
    await calledExactly(lab, kept, 3);
    const rotated = versionsOf(await secretsOf(lab, namespaces));
    await operator.stop();
    await lab.advance(HOUR);
    operator = await lab.startOperator();
    await calledExactly(lab, kept, 4);
    expect(versionsOf(await secretsOf(lab, namespaces))).toEqual(rotated);
  });
});

describe('what cannot be followed', () => {
  const cases: [string, string, string, string][] = [
    [
      'InvalidSchedule',
      '61 6 * * *',
      'UTC',
      'spec.rotation.schedule "61 6 * * *" is no schedule: write five',
    ],
    [
      'InvalidTimeZone',
      '0 6 * * *',
      'Mars/Base',
      'spec.rotation.timeZone "Mars/Base" is not known: write an IANA',
    ],
  ];
  test.each(cases)('is said as %s, and all else is done', async (reason, schedule, timeZone, words) => {
    const invalid = scene(reason.toLowerCase());
    const [namespace = ''] = await invalid.namespaces(1);
    await invalid.registry();
    const object = await settledAs(
      lab,
      await invalid.clusterPullSecret(rotation(schedule, timeZone)),
      reason,
    );
    expect(told(object, 'Accepted')).toMatchObject({
      status: 'False',
      message: expect.stringContaining(words),
    });
    expect(condition(object.status, 'Stalled')).toMatchObject({ status: 'True', reason });
    expect((await eventOf(lab, object, reason)).message).toContain(words);
    const before = bytesOf(await arrivedIn(lab, namespace));
    await skip(lab, 6 * HOUR);
    await rotatedIn(lab, [namespace], before);
    await calledExactly(lab, invalid, 2);
    await servedIn(lab, await invalid.clusterPullSecret(rotation('0 6 * * MON', 'Europe/Berlin')), 2);
  });
});
