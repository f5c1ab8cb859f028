/** The token of one registry. Times in ms since the epoch. `password` is a secret. */
export interface RegistryToken {
  readonly host: string;
  /** The connection that it came by, see `connectionKey`. */
  readonly connection: string;
  readonly password: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** After about half of its life. */
  readonly rotateAt: number;
  /** Every Secret takes this token; otherwise only those whose own is due or missing (the first after a start). */
  readonly replacesAll: boolean;
}

/** What is known of a registry's token: the newest one, and why the last attempt to renew it failed. */
export interface TokenState {
  readonly token?: RegistryToken;
  readonly failure?: { readonly reason: string; readonly message: string; readonly occurrence?: string };
}

/** The tokens in memory, by the name of their Registry. They are never written anywhere but into pull Secrets. */
export interface TokenStore {
  get(registry: string): TokenState;
  set(registry: string, state: TokenState): void;
  forget(registry: string): void;
}

/** An empty {@link TokenStore}. */
export function createTokenStore(): TokenStore {
  const states = new Map<string, TokenState>();
  return {
    get: (registry) => states.get(registry) ?? {},
    set: (registry, state) => void states.set(registry, state),
    forget: (registry) => void states.delete(registry),
  };
}

/** Half of the life, up to a tenth earlier, so that many registries do not come due together. */
export function rotationTime(
  issuedAt: number,
  expiresAt: number,
  random: () => number = Math.random,
): number {
  return issuedAt + Math.max(0, ((expiresAt - issuedAt) / 2) * (1 - random() / 10));
}

/** No registry is asked for a token more often than this, whatever clocks and Secrets say. */
export const SHORTEST_ROTATION_MS = 600_000;

export interface RotationInput {
  readonly now: number;
  readonly token: RegistryToken | undefined;
  /** When the tokens that stand in Secrets are to be replaced. */
  readonly secretsDueAt: readonly number[];
}

/**
 * When the next token is to be asked for (ms; not before `now`): at once without one; else when it, or one in a
 * Secret that is older than that, comes due (pure).
 */
export function nextRotation({ now, token, secretsDueAt }: RotationInput): number {
  if (!token) return now;
  const open = secretsDueAt.filter((due) => due > token.issuedAt);
  const due = Math.min(token.rotateAt, ...open);
  return Math.max(now, due, token.issuedAt + SHORTEST_ROTATION_MS);
}
