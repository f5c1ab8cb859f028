import { type Clock, sleep } from './clock.ts';
import { releasedSpec } from './lease.ts';
import type { LeaseClient } from './lease-client.ts';

export interface GiveBackOptions {
  readonly lease: Pick<LeaseClient, 'read' | 'write'>;
  readonly clock: Clock;
  /** Whether it was this process that wrote a Lease, by its renewTime. */
  readonly isOurs: (renewTime: string) => boolean;
}

/** A renewal that was under way may be done in the midst of it, or a connection break: others would wait for long. */
const MOST_TRIES = 5;
const BETWEEN_TRIES_MS = 200;

/** Says in the Lease that nobody has it any more; false where it is not ours. Throws what the last try threw. */
export async function giveBack(
  { lease, clock, isOurs }: GiveBackOptions,
  signal: AbortSignal,
): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    try {
      const found = await lease.read(signal);
      if (!found?.spec?.renewTime || !isOurs(found.spec.renewTime)) return false;
      await lease.write(found, releasedSpec(found.spec, clock.now()), signal);
      return true;
    } catch (error) {
      if (signal.aborted || tries === MOST_TRIES) throw error;
      await sleep(clock, BETWEEN_TRIES_MS, signal);
    }
  }
}
