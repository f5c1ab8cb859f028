import { createRecent, type Recent } from '../../runtime/recent.ts';
import type { PlannedLogin } from './decide.ts';
import { type Auths, dockerLogin, encodedConfig } from './docker-config.ts';
import { type Login, loginOf } from './logins.ts';
import type { RegistryToken } from './token-store.ts';

/** What a Secret is to hold: the logins that are ours, and the bytes. `data` is secret. */
export interface SecretContent {
  readonly logins: readonly Login[];
  readonly data: string;
}

type Hosts = Pick<Login, 'hosts'>;

/** The content that tokens from memory make alone; undefined where something else is planned. */
export function contentOfTokens(planned: readonly PlannedLogin[]): SecretContent | undefined {
  const tokens: RegistryToken[] = [];
  const logins: Login[] = [];
  for (const one of planned) {
    if (one.from !== 'memory') return undefined;
    tokens.push(one.token);
    logins.push(loginOf(one.want, one.token));
  }
  return { logins, data: encodedTokens(tokens) };
}

/**
 * The content that takes over what stands in the Secret: logins for which there is no token in memory, and with
 * `keep` those of others. What `auths` does not have cannot be taken over.
 */
export function contentOver(
  planned: readonly PlannedLogin[],
  auths: Auths,
  { keep, ours }: { readonly keep: boolean; readonly ours: readonly Hosts[] },
): SecretContent {
  const logins = planned.flatMap((one) => {
    if (one.from === 'memory') return [loginOf(one.want, one.token)];
    return one.login.hosts.every((host) => Object.hasOwn(auths, host)) ? [one.login] : [];
  });
  const result: Record<string, unknown> = keep ? foreignEntries(auths, ours) : {};
  for (const { hosts } of logins) for (const host of hosts) result[host] = auths[host];
  for (const one of planned) {
    if (one.from !== 'memory') continue;
    for (const host of one.token.hosts) result[host] = dockerLogin(one.token.password);
  }
  return { logins, data: encodedConfig(result) };
}

/** The entries that no login of ours stands for. */
export function foreignEntries(auths: Auths, ours: readonly Hosts[]): Record<string, unknown> {
  const hosts = new Set(ours.flatMap((login) => login.hosts));
  return Object.fromEntries(Object.entries(auths).filter(([host]) => !hosts.has(host)));
}

/** The same few tokens go into thousands of Secrets: encoded once, and forgotten with the first of them. */
const encoded = new WeakMap<RegistryToken, Recent<string>>();
/** What else stands beside a token is up to everybody who names its Registry. */
const MOST_COMBINATIONS = 64;

function encodedTokens(tokens: readonly RegistryToken[]): string {
  const [first] = tokens;
  if (!first) return encodedConfig({});
  const found = encoded.get(first) ?? createRecent<string>({ entries: MOST_COMBINATIONS });
  encoded.set(first, found);
  const key = tokens.map(({ id, issuedAt }) => `${id} ${issuedAt}`).join('\n');
  const known = found.get(key);
  if (known) return known;
  const auths = tokens.flatMap(({ hosts, password }) => hosts.map((host) => [host, dockerLogin(password)]));
  const made = encodedConfig(Object.fromEntries(auths) as Auths);
  found.set(key, made);
  return made;
}
