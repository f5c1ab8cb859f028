/** What one registry adds to a pull Secret. */
export interface RegistryLogin {
  readonly host: string;
  readonly password: string;
}

/**
 * The content of `.dockerconfigjson`: identical bytes for identical logins, since kubelet compares a hash of them
 * (KEP-2535). Both forms of the login are there, as `kubectl create secret docker-registry` writes them.
 */
export function dockerConfigJson(logins: readonly RegistryLogin[]): string {
  const auths: Record<string, object> = {};
  for (const { host, password } of [...logins].sort((a, b) => (a.host < b.host ? -1 : 1))) {
    const auth = Buffer.from(`AWS:${password}`).toString('base64');
    auths[host] = { username: 'AWS', password, auth };
  }
  return JSON.stringify({ auths });
}
