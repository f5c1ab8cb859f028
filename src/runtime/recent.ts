export interface RecentLimits {
  readonly entries: number;
  /** Of all sizes together; without it only entries count. */
  readonly size?: number;
}

/** A bounded memory: what was not asked for longest makes room for what is new. */
export interface Recent<T> {
  get(key: string): T | undefined;
  /** `size` in whatever the limit is in; what is larger than the limit is not remembered. */
  set(key: string, value: T, size?: number): void;
}

/** Remembers nothing yet. */
export function createRecent<T>(limits: RecentLimits): Recent<T> {
  const most = limits.size ?? Number.POSITIVE_INFINITY;
  // In the order of their last use.
  const found = new Map<string, { readonly value: T; readonly size: number }>();
  let total = 0;

  function remove(key: string): void {
    total -= found.get(key)?.size ?? 0;
    found.delete(key);
  }

  return {
    get(key) {
      const entry = found.get(key);
      if (!entry) return undefined;
      found.delete(key);
      found.set(key, entry);
      return entry.value;
    },
    set(key, value, size = 0) {
      remove(key);
      if (size > most) return;
      found.set(key, { value, size });
      total += size;
      for (const oldest of found.keys()) {
        if (found.size <= limits.entries && total <= most) return;
        remove(oldest);
      }
    },
  };
}
