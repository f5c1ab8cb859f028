import { expect, test } from '@jest/globals';
import type { Clock } from '../../../src/runtime/clock.ts';
import { watchEventLoop } from '../../../src/runtime/event-loop.ts';
import { createFakeClock } from '../fake-clock.ts';
import { recordedLog } from './recorded-log.ts';

/** A loop whose timers come late, and by how much. */
function loop() {
  const inner = createFakeClock();
  let lateMs = 0;
  const clock: Clock = {
    now: inner.now,
    after: (ms, task) => inner.after(ms + lateMs, task),
  };
  const log = recordedLog();
  const end = new AbortController();
  const watch = watchEventLoop({ clock, log });
  const running = watch.run(end.signal);
  return {
    watch,
    log,
    async late(ms: number, times: number) {
      lateMs = ms;
      // The timer that runs was started before.
      await inner.elapse((1_000 + ms) * times + 1_000);
    },
    async stop() {
      end.abort();
      await running;
      return inner.pending();
    },
  };
}

test('a loop that turns is fine', async () => {
  const { watch, late, log, stop } = loop();
  await late(4_900, 100);
  expect([watch.stuck(), log.lines]).toEqual([undefined, []]);
  expect(await stop()).toEqual([]);
});

test('one that stood still once, as when a machine was asleep, says so and is fine', async () => {
  const { watch, late, log, stop } = loop();
  await late(600_000, 1);
  await late(0, 5);
  expect(watch.stuck()).toBeUndefined();
  expect(log.lines).toEqual([
    { level: 'warn', message: 'event loop stood still', fields: { delayMs: 600_000 } },
  ]);
  await stop();
});

test('one that stands still again and again is dead', async () => {
  const { watch, late, stop } = loop();
  await late(6_000, 2);
  expect(watch.stuck()).toBeUndefined();
  await late(6_000, 2);
  expect(watch.stuck()).toMatch(/^the event loop stood still \d times in a row, 6000 ms the last time$/);
  await late(0, 10);
  expect(watch.stuck()).toBeUndefined();
  await stop();
});
