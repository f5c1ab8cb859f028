/** One of several objects that stand for the same thing at AWS. */
export interface Contender {
  /** What tells it from the others: its name, or `namespace/name`. */
  readonly key: string;
  /** Its own status says that it has the thing. */
  readonly holds: boolean;
  /** RFC 3339, of its metadata. */
  readonly creationTimestamp?: string | undefined;
}

/** Whose the thing is (pure): the recorded holder's, then that of the older, then of the first by name. */
export function holderAmong<T extends Contender>(contenders: readonly [T, ...T[]]): T;
export function holderAmong<T extends Contender>(contenders: readonly T[]): T | undefined;
export function holderAmong<T extends Contender>(contenders: readonly T[]): T | undefined {
  return [...contenders].sort(
    (a, b) =>
      Number(b.holds) - Number(a.holds) ||
      ageOf(a) - ageOf(b) ||
      (a.key < b.key ? -1 : Number(a.key > b.key)),
  )[0];
}

/** What has no time yet is the youngest. */
function ageOf({ creationTimestamp }: Contender): number {
  return creationTimestamp === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(creationTimestamp);
}
