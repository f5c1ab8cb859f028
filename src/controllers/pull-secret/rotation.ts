/** No token is asked for more often than this, whatever clocks, Secrets, schedules and people say. */
export const SHORTEST_ROTATION_MS = 600_000;

/** A token is renewed after half of its life, or up to a tenth of that half earlier. */
const JITTER = 0.1;

/** ECR gives no token a longer life, nor STS a session: what seems to last longer is seen by a clock that is behind. */
const LONGEST_LIFE_MS = 43_200_000;

interface Life {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly rotateAt: number;
}

/**
 * When a new token is to be replaced (ms, pure): after half of its life, up to a tenth of that earlier, so that many
 * registries do not come due together. Those that stand in one Secret do: `neighbours` are the times at which its other
 * tokens are replaced, and the first that is possible here, too, is taken, so that a rotation writes the Secret once.
 */
export function rotationTime(
  { issuedAt, expiresAt }: Pick<Life, 'issuedAt' | 'expiresAt'>,
  neighbours: Iterable<number> = [],
  random: () => number = Math.random,
): number {
  const half = Math.max(0, Math.min(expiresAt - issuedAt, LONGEST_LIFE_MS) / 2);
  const [earliest, latest] = [issuedAt + half * (1 - JITTER), issuedAt + half];
  for (const time of neighbours) if (earliest <= time && time <= latest) return time;
  return latest - random() * JITTER * half;
}

export interface RotationInput {
  readonly now: number;
  readonly token: Life | undefined;
  /** When the tokens that stand in Secrets are to be replaced. */
  readonly secretsDueAt: readonly number[];
  /** The first time of a schedule after a time; undefined without a schedule. */
  readonly slotAfter: (time: number) => number | undefined;
  /** When somebody asked for a new token. */
  readonly requestedAt: number | undefined;
  /** See {@link SHORTEST_ROTATION_MS}. */
  readonly floorMs: number;
}

/**
 * When the next token is to be asked for (ms; not before `now`): at once without one; else when it, or an older one in
 * a Secret, comes due, when a schedule says so, or when somebody asked; never within the floor (pure).
 */
export function nextRotation({ now, token, floorMs, ...input }: RotationInput): number {
  if (!token) return now;
  const open = input.secretsDueAt.filter((due) => due > token.issuedAt);
  const slot = input.slotAfter(token.issuedAt) ?? Number.POSITIVE_INFINITY;
  const asked = (input.requestedAt ?? 0) > token.issuedAt ? now : Number.POSITIVE_INFINITY;
  // Not by spreading the list: it can be longer than a call takes arguments.
  const due = open.reduce((least, time) => Math.min(least, time), Math.min(token.rotateAt, slot, asked));
  return Math.max(now, due, token.issuedAt + floorMs);
}

/** Whether a Secret's token has to give way to a newer one (pure). */
export function isDue(
  login: Pick<Life, 'issuedAt' | 'rotateAt'>,
  { now, slotAfter, requestedAt }: Pick<RotationInput, 'now' | 'slotAfter' | 'requestedAt'>,
): boolean {
  if (login.rotateAt <= now || (requestedAt ?? 0) > login.issuedAt) return true;
  const slot = slotAfter(login.issuedAt);
  return slot !== undefined && slot <= now;
}
