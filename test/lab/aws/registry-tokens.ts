import { randomBytes } from 'node:crypto';
import type { Caller } from './callers.ts';
import type { SecretLedger } from './secret-ledger.ts';
import type { SimulatorClock } from './simulator-clock.ts';

/** ECR's own lifetime of an authorization token. */
export const TOKEN_LIFETIME_MILLISECONDS = 12 * 60 * 60 * 1000;

/** Which ECR a token opens: a token of the one is nothing to the other. */
export type TokenService = 'ecr' | 'ecr-public';

/** A password for `docker login -u AWS`, and in whose name it acts: with the policies of a session, if it is one. */
export interface RegistryToken {
  readonly password: string;
  readonly service: TokenService;
  readonly caller: Caller;
  readonly region: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Many are valid at once: a new token does not end an older one. */
export interface RegistryTokens {
  issue(caller: Caller, region: string, service?: TokenService): RegistryToken;
  /** Undefined for what was never issued or was revoked; expired tokens are still known. */
  find(password: string): RegistryToken | undefined;
  isExpired(token: RegistryToken): boolean;
  /** Whether its user or role was deleted, where that ends a token. */
  isOrphaned(token: RegistryToken): boolean;
  /** How long tokens live that are issued from now on, in milliseconds. */
  setLifetime(milliseconds: number): void;
  /** Makes a token unknown, as ECR never does; for tests of what happens then. */
  revoke(password: string): void;
  all(): readonly RegistryToken[];
}

export interface TokenRules {
  /**
   * Whether a token ends with the session that asked for it. Not established for real ECR (ecr.md, "Grants"), so suites
   * try both.
   */
  readonly endWithSession: boolean;
  /**
   * Whether a token ends with the user or role that asked for it. ECR's API reference says that a token gives access to
   * what the principal has access to, and a principal that is gone has access to nothing; nobody was found who tried.
   */
  readonly endWithPrincipal: boolean;
  /** Milliseconds. */
  readonly lifetime: number;
}

/** An empty table. */
export function createRegistryTokens(
  clock: SimulatorClock,
  secrets: SecretLedger,
  rules: TokenRules,
): RegistryTokens {
  const table = new Map<string, RegistryToken>();
  let { lifetime } = rules;
  return {
    issue(caller, region, service = 'ecr') {
      const issuedAt = clock.now();
      const expiresAt = new Date(issuedAt.getTime() + lifetime);
      const token = { password: newPassword(expiresAt), service, caller, region, issuedAt, expiresAt };
      table.set(token.password, token);
      secrets.add(token.password);
      secrets.add(authorizationToken(token.password));
      return token;
    },
    find: (password) => table.get(password),
    isExpired(token) {
      const sessionEnds = rules.endWithSession ? token.caller.sessionEnds : undefined;
      return clock.now() >= token.expiresAt || (sessionEnds !== undefined && clock.now() >= sessionEnds);
    },
    isOrphaned: (token) => rules.endWithPrincipal && token.caller.isDeleted(),
    setLifetime(milliseconds) {
      lifetime = milliseconds;
    },
    revoke: (password) => void table.delete(password),
    all: () => [...table.values()],
  };
}

/** The form in which GetAuthorizationToken hands a password out. */
export function authorizationToken(password: string): string {
  return Buffer.from(`AWS:${password}`).toString('base64');
}

/** ECR's passwords are base64 of a small JSON document, about 2 kB in all. */
function newPassword(expiresAt: Date): string {
  const document = {
    payload: randomBytes(1000).toString('base64'),
    datakey: randomBytes(138).toString('base64'),
    version: '2',
    type: 'DATA_KEY',
    expiration: Math.floor(expiresAt.getTime() / 1000),
  };
  return Buffer.from(JSON.stringify(document)).toString('base64');
}
