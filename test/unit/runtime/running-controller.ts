import { createController, type Next } from '../../../src/runtime/controller.ts';
import type { Enqueue } from '../../../src/runtime/sources.ts';
import { createFakeClock } from '../fake-clock.ts';
import { recordedLog } from './recorded-log.ts';

/** In milliseconds. */
export const HOUR = 3_600_000;

interface Given {
  readonly reconcile?: (key: string, pass: number) => Promise<Next>;
  readonly workers?: number;
  readonly groupOf?: (key: string) => string;
}

/** A controller under way, and when it passed over which key. */
export function running({ reconcile = async () => ({}), workers = 1, ...grouped }: Given = {}) {
  const clock = createFakeClock();
  const log = recordedLog();
  const start = clock.now();
  const passes: [key: string, at: number][] = [];
  let enqueue: Enqueue = () => undefined;
  let sourceSignal: AbortSignal | undefined;
  const controller = createController({
    name: 'thing',
    sources: [
      (add, signal) => {
        enqueue = add;
        sourceSignal = signal;
      },
    ],
    reconcile: (key) => {
      passes.push([key, clock.now() - start]);
      return reconcile(key, passes.filter(([passed]) => passed === key).length);
    },
    workers,
    ...grouped,
    clock,
    log,
  });
  const stopping = new AbortController();
  controller.connect(stopping.signal);
  const times = (key: string) => passes.filter(([passed]) => passed === key).map(([, at]) => at);
  return { clock, log, controller, passes, times, enqueue, stopping, sourceSignal: () => sourceSignal };
}
