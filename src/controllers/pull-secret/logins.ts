import type { PullSecretTokenScope } from '../../api/shared.generated.ts';
import { timestamp } from '../../runtime/clock.ts';
import { createRecent } from '../../runtime/recent.ts';
import type { RegistryToken } from './token-store.ts';
import type { TokenWant } from './wants.ts';

/** What a Secret says of one of its tokens. Times in ms, whole seconds. */
export interface Login {
  /** The Registry, or `public.ecr.aws`. */
  readonly login: string;
  /** See `tokenId`. */
  readonly id: string;
  readonly scope: PullSecretTokenScope;
  readonly hosts: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly rotateAt: number;
}

/** How it stands in the annotation. */
interface Written {
  readonly registry: string;
  readonly id: string;
  readonly scope: PullSecretTokenScope;
  readonly hosts: readonly string[];
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly rotateAt: string;
}

/** What a token is in a Secret. */
export function loginOf(
  { login }: TokenWant,
  { id, scope, hosts, issuedAt, expiresAt, rotateAt }: RegistryToken,
): Login {
  return {
    login,
    id,
    scope,
    hosts,
    issuedAt: seconds(issuedAt),
    expiresAt: seconds(expiresAt),
    rotateAt: seconds(rotateAt),
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

/** The annotation of a Secret with these logins. */
export function writeLogins(logins: readonly Login[]): string {
  const sorted = [...logins].sort((a, b) => (a.login < b.login ? -1 : 1));
  return JSON.stringify(
    sorted.map(
      ({ login, id, scope, hosts, issuedAt, expiresAt, rotateAt }): Written => ({
        registry: login,
        id,
        scope,
        hosts,
        issuedAt: timestamp(issuedAt),
        expiresAt: timestamp(expiresAt),
        rotateAt: timestamp(rotateAt),
      }),
    ),
  );
}

/** Thousands of Secrets say the same; sizes in characters. */
const known = createRecent<readonly Login[]>({ entries: 2_000, size: 8_000_000 });

/** Sixteen Registries, ECR Public, and for each a scope that STS takes: a quarter of these characters would hold them. */
const LONGEST_TEXT = 65_536;
const MOST_LOGINS = 17;

/** What an annotation says; undefined unless all of it is as we would write it. */
export function readLogins(text: string | undefined): readonly Login[] | undefined {
  if (text === undefined || text.length > LONGEST_TEXT) return undefined;
  const before = known.get(text);
  if (before) return before;
  const logins = parsed(text);
  if (logins) known.set(text, logins, text.length);
  return logins;
}

function parsed(text: string): readonly Login[] | undefined {
  try {
    const list = JSON.parse(text) as readonly Written[];
    if (list.length > MOST_LOGINS) return undefined;
    const logins = list.map(read);
    return logins.every((login) => login !== undefined) ? logins : undefined;
  } catch {
    return undefined;
  }
}

const SCOPES: ReadonlySet<unknown> = new Set<PullSecretTokenScope>(['Scoped', 'PullOnly', 'Identity']);

function read({ registry, id, scope, hosts, ...times }: Written): Login | undefined {
  // A text would do as its letters.
  const isText = Array.isArray(hosts) && [registry, id, ...hosts].every((word) => typeof word === 'string');
  const [issuedAt, expiresAt, rotateAt] = [times.issuedAt, times.expiresAt, times.rotateAt].map(timeOf);
  if (!isText || !SCOPES.has(scope) || !issuedAt || !expiresAt || !rotateAt) return undefined;
  if (issuedAt > rotateAt || rotateAt > expiresAt) return undefined;
  return { login: registry, id, scope, hosts, issuedAt, expiresAt, rotateAt };
}

/** Only as we write it: Date.parse takes years that the API server refuses in a status. */
function timeOf(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) || 0 : 0;
}
