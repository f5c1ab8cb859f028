import type { Refusal } from './aws-errors.ts';
import type { CredentialProvider, Keys } from './credentials.ts';

/** Keys that are kept until shortly before they run out. */
export interface RememberedKeys {
  readonly get: CredentialProvider;
  /** AWS has refused the keys: the next `get` asks for others, unless these are so new that others would be no better. */
  refused(refusal: Refusal): void;
  /** The next `get` asks for others in any case. */
  forget(): void;
}

/** The SDK's own margin: keys are renewed five minutes before they run out, and used on while that fails. */
const MARGIN_MS = 300_000;

/** However soon they run out, so that a source of such keys is not asked for each call. */
const SHORTEST_MS = 10_000;

/** Whoever comes right after a failure gets the same, instead of asking AWS for each of a thousand objects. */
const FAILURE_MS = 3_000;

/**
 * How old keys have to be when AWS refuses them, or others are not asked for. A missing right is nearly always just
 * that; but to a session of a role that was deleted and made again, everything is denied.
 */
const REFUSED_AFTER_MS: Readonly<Record<Refusal, number>> = { keys: 10_000, rights: 300_000 };

/** Inside its margin already, the SDK remembers keys for no call but this one. */
const ONE_CALL_MS = 60_000;

interface Entry {
  readonly keys: Promise<Keys>;
  since: number;
  until: number;
  /** When AWS stops taking them, where that is known. */
  ends: number;
}

/**
 * Keeps what `provider` gives, for `atMostMs` where told. It stands in front of all of the SDK's clients, which
 * remember keys each for itself, and by a clock that is not ours.
 */
export function rememberKeys(
  provider: CredentialProvider,
  now: () => number,
  atMostMs = Number.POSITIVE_INFINITY,
): RememberedKeys {
  let cached: Entry | undefined;
  function ask(before: Entry | undefined): Entry {
    const since = now();
    const keys = provider().then(
      (found) => {
        const { expiration } = found;
        if (!expiration) return found;
        entry.ends = expiration.getTime();
        entry.until = Math.min(entry.until, Math.max(entry.ends - MARGIN_MS, since + SHORTEST_MS));
        return found;
      },
      (error: unknown) => {
        entry.until = now() + FAILURE_MS;
        if (!before || before.ends <= now()) throw error;
        // That is what the margin is for.
        entry.since = before.since;
        entry.ends = before.ends;
        return before.keys;
      },
    );
    const entry: Entry = { keys, since, until: since + atMostMs, ends: 0 };
    return entry;
  }
  return {
    async get() {
      if (!cached || cached.until <= now()) cached = ask(cached);
      return { ...(await cached.keys), expiration: new Date(Date.now() + ONE_CALL_MS) };
    },
    refused(refusal) {
      if (cached && now() - cached.since >= REFUSED_AFTER_MS[refusal]) cached = undefined;
    },
    forget() {
      cached = undefined;
    },
  };
}
