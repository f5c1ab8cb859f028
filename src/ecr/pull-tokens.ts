import { readFile } from 'node:fs/promises';
import type { RegistrySpec } from '../api/registry.generated.ts';
import { messageOf, RetryableError, TerminalError } from '../runtime/errors.ts';
import { SCOPE_TOO_LARGE } from './aws-errors.ts';
import { type CredentialProvider, roleAtTheEnd, SESSION_NAME } from './credentials.ts';
import type { AuthorizationToken, SessionKeys, StsApi } from './ecr-api.ts';
import { hasPublic, partitionOf, pullHosts } from './partition.ts';
import { type PullScope, sessionPolicy } from './pull-scope.ts';

/**
 * How narrow a token is: `Scoped` pulls from some repositories, `PullOnly` only pulls, `Identity` may do all that the
 * identity behind it may.
 */
export type TokenScope = 'Scoped' | 'PullOnly' | 'Identity';

/** A token for pulling. `password` is a secret: it goes into pull Secrets and nowhere else. */
export interface PullToken {
  readonly password: string;
  /** Of the token or of the session behind it, whichever ends first (ms since the epoch). */
  readonly expiresAt: number;
  readonly scope: TokenScope;
  /** The registry hosts that it opens. */
  readonly hosts: readonly string[];
}

/** The web identity that the operator runs with (IRSA): the file with its token, and the role that trusts it. */
export interface WebIdentity {
  readonly roleArn: string;
  readonly tokenFile: string;
}

/** What an installation says about tokens. */
export interface TokenOptions {
  readonly webIdentity?: WebIdentity | undefined;
  /** Whether a token may be as wide as the identity where there is nothing to narrow it with. Default: allow. */
  readonly identityTokens?: 'allow' | 'refuse' | undefined;
}

/** What tokens of one Registry are issued with. */
export interface TokenSource extends TokenOptions {
  readonly spec: RegistrySpec;
  /** With the credentials that a role is assumed from, those at the end of `credentials.chain`. */
  readonly sts: StsApi;
  /** Who the operator is at AWS. */
  readonly own: CredentialProvider;
  /** One GetAuthorizationToken with these keys: of ECR Public for that scope, else of the Registry's region. */
  authorizationToken(scope: PullScope, keys: CredentialProvider): Promise<AuthorizationToken>;
}

/**
 * A token for this scope, as narrow as the Registry's credentials let it be: one session of a role and one
 * GetAuthorizationToken each time, nothing is kept. Throws classified errors of AWS, and TerminalErrors for a scope
 * that cannot be had: `ScopeTooLarge`, `ScopeNeedsRole`, `IdentityTokenRefused`, `PublicNotAvailable`.
 */
export async function issueToken(source: TokenSource, scope: PullScope): Promise<PullToken> {
  const { spec, own } = source;
  if (scope.kind === 'Public') requirePublic(spec);
  const hosts = pullHosts(spec, scope);
  const assume = narrowing(source);
  if (!assume) {
    requireIdentityToken(source, scope);
    return { ...(await source.authorizationToken(scope, own)), scope: 'Identity', hosts };
  }
  const session = await assume(policyOf(spec, scope));
  const { password, expiresAt } = await source.authorizationToken(scope, async () => session);
  return {
    password,
    // Whether a token outlives the session behind it is not established.
    expiresAt: Math.min(expiresAt, session.expiration.getTime()),
    scope: scope.kind === 'Repositories' ? 'Scoped' : 'PullOnly',
    hosts,
  };
}

type Narrowing = (policy: string) => Promise<SessionKeys>;

/** How a session with a policy can be had; undefined where there is no role for it. */
function narrowing({ spec, sts, webIdentity }: TokenSource): Narrowing | undefined {
  const { credentials = {}, pullRoleArn } = spec;
  const assumed = pullRoleArn ?? credentials.roleArn;
  if (assumed) {
    const request = roleAtTheEnd(assumed, credentials);
    return (policy) => sts.assumeRole({ ...request, policy });
  }
  if (!webIdentity || credentials.secretRef || credentials.chain) return undefined;
  const request = { roleArn: webIdentity.roleArn, sessionName: credentials.sessionName ?? SESSION_NAME };
  return async (policy) => {
    const token = await readToken(webIdentity.tokenFile);
    return sts.assumeRoleWithWebIdentity({ ...request, policy, token });
  };
}

/** The kubelet writes a new one into the file before the old one ends: it is read each time. */
async function readToken(file: string): Promise<string> {
  const token = await readFile(file, 'utf8').catch((error: unknown) => {
    throw noWebIdentity(messageOf(error), error);
  });
  if (token.trim() === '') throw noWebIdentity(`${file} is empty`);
  return token.trim();
}

function noWebIdentity(words: string, cause?: unknown): RetryableError {
  return new RetryableError('CredentialsUnavailable', `the token of the web identity: ${words}`, { cause });
}

/** STS takes no more characters; how small it can pack them is known only to STS. */
const LONGEST_POLICY = 2_048;

function policyOf(spec: RegistrySpec, scope: PullScope): string {
  const policy = sessionPolicy(spec, scope);
  if (policy.length <= LONGEST_POLICY) return policy;
  throw new TerminalError(
    SCOPE_TOO_LARGE.reason,
    `the session policy for these repositories has ${policy.length} characters, and STS takes ${LONGEST_POLICY}: ${SCOPE_TOO_LARGE.advice}`,
  );
}

/** Somebody else may mend the Registry or the installation meanwhile. */
const RECHECK = { recheckAfterMs: 300_000 } as const;

function requireIdentityToken({ spec, identityTokens }: TokenSource, scope: PullScope): void {
  const advice = `set spec.pullRoleArn of the Registry of account ${spec.accountId} in ${spec.region} to a role that may pull, or run the operator with a web identity (IRSA)`;
  if (scope.kind === 'Repositories') {
    throw new TerminalError(
      'ScopeNeedsRole',
      `a token for some repositories only needs a role to assume, and there is none: ${advice}`,
      RECHECK,
    );
  }
  if (identityTokens === 'refuse') {
    throw new TerminalError(
      'IdentityTokenRefused',
      `without a role to assume, the token could do all that the operator's identity may, and --identity-tokens refuses such tokens: ${advice}`,
      RECHECK,
    );
  }
}

function requirePublic({ region }: RegistrySpec): void {
  if (hasPublic(region)) return;
  throw new TerminalError(
    'PublicNotAvailable',
    `ECR Public is in the partition aws only, and ${region} is in ${partitionOf(region).id}: refer to a Registry of the partition aws, or do without public`,
  );
}
