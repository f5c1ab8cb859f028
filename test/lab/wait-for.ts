import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface WaitOptions<T> {
  /** Said in the error: "after 30000 ms still waiting for <what>". */
  readonly what: string;
  /** When the state is as wished; truthy unless told. */
  readonly until?: (state: T) => boolean;
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/** States are cut to this length in errors. */
const SHOWN = 4_000;

/**
 * Reads the state until it is as wished, and returns it. A read that throws counts as not yet. At the deadline (30 s
 * unless told: no promise, but what a busy machine may need) it rejects, and the error shows what was seen last.
 */
export async function waitFor<T>(
  read: () => T | Promise<T>,
  options: WaitOptions<T>,
): Promise<NonNullable<T>> {
  const { what, until = Boolean, timeoutMs = 30_000, intervalMs = 50 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await attempt(read);
    if ('state' in seen && until(seen.state)) return seen.state as NonNullable<T>;
    if (performance.now() >= deadline) {
      throw new Error(`after ${timeoutMs} ms still waiting for ${what}; last seen: ${shown(seen)}`, {
        cause: 'error' in seen ? seen.error : undefined,
      });
    }
    await sleep(intervalMs);
  }
}

type Seen<T> = { readonly state: T } | { readonly error: unknown };

async function attempt<T>(read: () => T | Promise<T>): Promise<Seen<T>> {
  try {
    return { state: await read() };
  } catch (error) {
    return { error };
  }
}

function shown(seen: Seen<unknown>): string {
  const text = 'error' in seen ? String(seen.error) : inspect(seen.state, { depth: 8, breakLength: 110 });
  return text.length > SHOWN ? `${text.slice(0, SHOWN)} ...` : text;
}
