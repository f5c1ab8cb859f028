import { expect, test } from '@jest/globals';
import { registry } from '../objects.ts';
import { ENHANCED, settingsTrial } from './settings-trial.ts';

const BASIC = { scanType: 'BASIC', rules: [] } as const;

/** Somebody else writes each second; passes come when they are due. Gives the seconds of our writes. */
async function fought(seconds: number) {
  const trial = settingsTrial(registry('default', ENHANCED));
  await trial.pass();
  trial.calls();
  const writes: number[] = [];
  let passes = 0;
  let due = 1;
  for (let second = 1; second <= seconds; second += 1) {
    trial.held.scanning = BASIC;
    trial.clock.advance(1_000);
    if (second < due) continue;
    const next = await trial.pass();
    passes += 1;
    due = second + (next.requeueAfterMs ?? Number.POSITIVE_INFINITY) / 1_000;
    if (trial.writes().length > 0) writes.push(second);
  }
  return { trial, writes, passes };
}

test('a setting that is written each second is put right three times, then ever more seldom', async () => {
  const { writes, passes } = await fought(3_600);
  const gaps = writes.map((second, index) => second - (writes[index - 1] ?? second)).slice(1);
  expect(gaps).toEqual([10, 10, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600]);
  expect(passes).toBeLessThan(2 * writes.length + 2);
});

test('that is told: since when, how often, and when again', async () => {
  const { trial } = await fought(60);
  expect(trial.states()).toEqual(['scanning Contested']);
  expect(trial.status()).toMatchObject({
    stalled: false,
    conditions: [
      {
        status: 'False',
        reason: 'Contested',
        message:
          'scanning: somebody else keeps writing it: it was put right 5 times since 2026-01-01T12:00:01Z, and is not again before 2026-01-01T12:01:31Z; CloudTrail says who writes it',
      },
    ],
  });
});

test('it heals when the other one stops, and a changed declaration is written at once', async () => {
  const { trial } = await fought(60);
  trial.declare({ scanning: { scanType: 'ENHANCED', rules: [{ scanFrequency: 'MANUAL', filters: ['*'] }] } });
  expect(await trial.pass()).toEqual({ requeueAfterMs: 10_000 });
  expect(trial.writes()).toEqual(['putScanning']);
  await trial.pass();
  expect(trial.states()).toEqual(['scanning Synced']);

  const again = (await fought(60)).trial;
  again.clock.advance(600_000);
  await again.pass();
  expect(again.states()).toEqual(['scanning Contested']);
  again.clock.advance(10_000);
  expect(await again.pass()).toEqual({});
  expect(again.states()).toEqual(['scanning Synced']);
});

test('one who goes on after that is no newcomer', async () => {
  const { trial } = await fought(60);
  trial.clock.advance(40_000);
  await trial.pass();
  trial.clock.advance(10_000);
  await trial.pass();
  trial.held.scanning = BASIC;
  trial.calls();
  await trial.pass();
  expect(trial.writes()).toEqual([]);
  expect(trial.status().conditions[0]?.message).toContain('since 2026-01-01T12:00:01Z');
});

test('other settings are not held up by it', async () => {
  const { trial } = await fought(60);
  trial.declare({ ...ENHANCED, accountSettings: { blobMounting: 'ENABLED' } });
  trial.calls();
  await trial.pass();
  expect(trial.writes()).toEqual(['putAccountSetting']);
  expect(trial.states()).toEqual(['accountSettings Synced', 'scanning Contested']);
});
