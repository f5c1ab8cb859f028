import { afterAll, beforeAll, describe, jest, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { HOUR, marker, type Scene, scenes, skip } from './pull-lab.ts';
import { calledExactly } from './pull-steps.ts';

jest.setTimeout(60_000);

const ZONE = 'Europe/Berlin';
const MINUTE = 60_000;

let lab: Lab;
let operator: OperatorProcess | undefined;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const now = () => lab.aws.clock.now().getTime();

/** How far the clocks of the zone are ahead of UTC (ms). */
function aheadAt(time: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, timeZoneName: 'longOffset' });
  const text = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, hours = '0', minutes = '0'] = /GMT\+(\d+):(\d+)/.exec(text) ?? [];
  return Number(hours) * HOUR + Number(minutes) * MINUTE;
}

/** The next hour at which the clocks there are put forward, or back. */
function nextChange(direction: 'forward' | 'back'): number {
  for (let time = Math.ceil(now() / HOUR) * HOUR + 4 * HOUR; ; time += HOUR) {
    const step = aheadAt(time) - aheadAt(time - 1);
    if (direction === 'forward' ? step > 0 : step < 0) return time;
  }
}

/** An operator that starts at that moment. */
async function startAt(time: number): Promise<void> {
  await operator?.stop();
  await lab.advance(time - now());
  operator = await lab.startOperator();
}

/** A scene with that schedule, and a token of this moment. */
async function scheduled(name: string, schedule: string): Promise<Scene> {
  const made = scene(name);
  await made.serve(0, { rotation: { schedule, timeZone: ZONE } });
  await calledExactly(lab, made, 1);
  return made;
}

describe(`F18: when the clocks change in ${ZONE}`, () => {
  test('back, a time that comes twice rotates once, and an hourly schedule not more than hourly', async () => {
    await startAt(nextChange('back') - 2 * HOUR);
    const twice = await scheduled('twice', '30 2 * * *');
    await skip(lab, HOUR + 15 * MINUTE);
    await calledExactly(lab, twice, 1);
    // It is 02:35 for the first time, an hour later for the second.
    await skip(lab, 20 * MINUTE);
    await marker(lab, twice, 'first');
    await skip(lab, HOUR);
    await calledExactly(lab, twice, 2);

    const hourly = await scheduled('hourly', '0 * * * *');
    for (const calls of [2, 3]) {
      await skip(lab, HOUR);
      await calledExactly(lab, hourly, calls);
    }
  });

  test('forward, a time that does not come rotates nothing then, and the one after it is kept', async () => {
    await startAt(nextChange('forward') - 2 * HOUR);
    const [never, after] = [await scheduled('never', '30 2 * * *'), await scheduled('after', '0 3 * * *')];
    await skip(lab, HOUR + 50 * MINUTE);
    await calledExactly(lab, after, 1);
    await skip(lab, 15 * MINUTE);
    await calledExactly(lab, after, 2);
    await skip(lab, 3 * HOUR);
    await calledExactly(lab, after, 2);
    await calledExactly(lab, never, 1);
  });
});
