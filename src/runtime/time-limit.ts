import type { Clock } from './clock.ts';

/** Runs `work` with a signal that aborts when `signal` does, or after `ms`, with `no answer in time` as its reason then. */
export async function withinTime<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = clock.after(ms, () => late.abort(new Error('no answer in time')));
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    timer.cancel();
  }
}
