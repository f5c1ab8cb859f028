/** One login of a pull Secret, in both of the forms that `kubectl create secret docker-registry` writes. */
export interface DockerLogin {
  readonly username: string;
  readonly password: string;
  readonly auth: string;
}

/** Logins by host. What others wrote may have any shape. */
export type Auths = Readonly<Record<string, unknown>>;

/** The login that a token is. */
export function dockerLogin(password: string): DockerLogin {
  return { username: 'AWS', password, auth: Buffer.from(`AWS:${password}`).toString('base64') };
}

/**
 * The content of `.dockerconfigjson` in base64: identical bytes for identical logins, since kubelet compares a hash of
 * them (KEP-2535).
 */
export function encodedConfig(auths: Auths): string {
  const sorted = Object.fromEntries(Object.entries(auths).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(JSON.stringify({ auths: sorted })).toString('base64');
}

/** The logins in a `.dockerconfigjson` of anybody, in base64; none where it cannot be read. */
export function decodedConfig(data: string | undefined): Auths {
  try {
    const content: unknown = JSON.parse(Buffer.from(data ?? '', 'base64').toString());
    const { auths } = (content ?? {}) as { readonly auths?: unknown };
    return typeof auths === 'object' && auths !== null && !Array.isArray(auths) ? { ...auths } : {};
  } catch {
    return {};
  }
}
