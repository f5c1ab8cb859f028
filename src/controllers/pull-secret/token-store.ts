import type { PullSecretTokenScope } from '../../api/shared.generated.ts';
import type { Failure } from '../../runtime/errors.ts';

/** One token. Times in ms since the epoch. `password` is a secret. */
export interface RegistryToken {
  /** See `tokenId`. */
  readonly id: string;
  /** The host names that it opens. */
  readonly hosts: readonly string[];
  readonly scope: PullSecretTokenScope;
  /** The way that it came by, see `connectionKey`. */
  readonly connection: string;
  readonly password: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** After about half of its life. */
  readonly rotateAt: number;
  /** Every Secret takes this token; otherwise only those whose own is due or missing (the first after a start). */
  readonly replacesAll: boolean;
}

/** What is known of a token: the newest one, and why the last attempt to renew it failed. */
export interface TokenState {
  readonly token?: RegistryToken;
  readonly failure?: Failure;
}

/** The tokens in memory, by their ids. They are never written anywhere but into pull Secrets. */
export interface TokenStore {
  get(id: string): TokenState;
  set(id: string, state: TokenState): void;
  forget(id: string): void;
}

/** An empty {@link TokenStore}. */
export function createTokenStore(): TokenStore {
  const states = new Map<string, TokenState>();
  return {
    get: (id) => states.get(id) ?? {},
    set: (id, state) => void states.set(id, state),
    forget: (id) => void states.delete(id),
  };
}
