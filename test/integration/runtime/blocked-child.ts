import { systemClock } from '../../../src/runtime/clock.ts';
import { watchEventLoop } from '../../../src/runtime/event-loop.ts';
import { healthRoute } from '../../../src/runtime/health.ts';
import { serve } from '../../../src/runtime/http-server.ts';
import type { Log } from '../../../src/runtime/log.ts';

/** How long it stands still each time (ms), of which timers are late by most. */
const BLOCK_MS = 2_000;

const silent = (): void => undefined;
const log: Log = {
  debug: silent,
  info: silent,
  error: silent,
  warn: (fields, message) => void process.send?.({ ...fields, message }),
};
const loop = watchEventLoop({ clock: systemClock, log, lateMs: 500 });
void loop.run(new AbortController().signal);
const { port } = await serve({
  address: { host: '127.0.0.1', port: 0 },
  routes: { '/healthz': healthRoute('healthz', [{ name: 'event-loop', failure: loop.stuck }]) },
  log,
});
process.send?.({ port });

// Stands still as often as it is told to, with room for one tick in between.
process.on('message', (times: number) => {
  let left = times;
  const block = (): void => {
    const until = performance.now() + BLOCK_MS;
    while (performance.now() < until);
    left -= 1;
    if (left > 0) setTimeout(block, 50);
  };
  setTimeout(block, 50);
});
