import type { Clock } from '../../runtime/clock.ts';
import type { Key } from '../../runtime/key.ts';

/** What is remembered of each Repository between two looks at its images; nothing of it is needed after a restart. */
export interface ImageMemory {
  /** Whether scans that were complete are to be asked about again: once a day, and when somebody asks. */
  isEveryScanDue(key: Key, request: string | undefined): boolean;
  looked(key: Key, request: string | undefined): void;
  /** Whether it was not this failure already, as far as is remembered. */
  isNewFailure(key: Key, failure: string): boolean;
  forgetFailure(key: Key): void;
  forget(key: Key): void;
}

/** ECR scans an image once in 24 hours at most, if somebody asks for it again. */
const EVERY_SCAN_MS = 86_400_000;

const MOST_FAILURES = 8;

interface Look {
  readonly request: string | undefined;
  /** When complete scans are asked about again (ms). */
  readonly dueAt: number;
}

/** An {@link ImageMemory} without memories. */
export function createImageMemory({
  clock,
  random = Math.random,
}: {
  readonly clock: Clock;
  readonly random?: () => number;
}): ImageMemory {
  const looks = new Map<Key, Look>();
  const failures = new Map<Key, Set<string>>();

  return {
    isEveryScanDue(key, request) {
      const look = looks.get(key);
      return look?.request !== request || (look !== undefined && clock.now() >= look.dueAt);
    },
    looked(key, request) {
      const look = looks.get(key);
      const isRunning = look !== undefined && look.request === request && clock.now() < look.dueAt;
      // At random the first time, or all would be due together a day after each restart.
      const waitMs = EVERY_SCAN_MS * (look ? 1 : random());
      looks.set(key, isRunning ? look : { request, dueAt: clock.now() + waitMs });
    },
    isNewFailure(key, failure) {
      const known = failures.get(key) ?? new Set();
      if (known.has(failure)) return false;
      if (known.size < MOST_FAILURES) failures.set(key, known.add(failure));
      return true;
    },
    forgetFailure: (key) => void failures.delete(key),
    forget(key) {
      for (const memory of [looks, failures]) memory.delete(key);
    },
  };
}
