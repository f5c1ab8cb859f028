import { randomBytes } from 'node:crypto';
import type { Caller } from './identity.ts';
import type { SecretLedger } from './secret-ledger.ts';
import type { SimulatorClock } from './simulator-clock.ts';

/** ECR's own lifetime of an authorization token. */
export const TOKEN_LIFETIME_MILLISECONDS = 12 * 60 * 60 * 1000;

/** A password for `docker login -u AWS`, and in whose name it acts. */
export interface RegistryToken {
  readonly password: string;
  readonly caller: Caller;
  readonly region: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Many are valid at once: a new token does not end an older one. */
export interface RegistryTokens {
  issue(caller: Caller, region: string): RegistryToken;
  /** Undefined for what was never issued or was revoked; expired tokens are still known. */
  find(password: string): RegistryToken | undefined;
  isExpired(token: RegistryToken): boolean;
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
}

/** An empty table. */
export function createRegistryTokens(
  clock: SimulatorClock,
  secrets: SecretLedger,
  rules: TokenRules,
): RegistryTokens {
  const table = new Map<string, RegistryToken>();
  return {
    issue(caller, region) {
      const issuedAt = clock.now();
      const expiresAt = new Date(issuedAt.getTime() + TOKEN_LIFETIME_MILLISECONDS);
      const token = { password: newPassword(expiresAt), caller, region, issuedAt, expiresAt };
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
