/** The parts of an image reference that decide over its login. */
export interface ImageName {
  /** With its port, if it has one. */
  readonly host: string;
  /** Without tag and digest. */
  readonly repository: string;
}

/** Far beyond any that a runtime pulls, of 255 characters beside tag and digest; the API server takes any length. */
const LONGEST_REFERENCE = 4_096;

/**
 * Takes a reference apart; undefined where it names no registry, which then is Docker Hub, or is too long to name
 * anything. Source: distribution's reference grammar, by which the part before the first slash is a host if it has a
 * dot or a port, or is `localhost`.
 */
export function imageName(reference: string): ImageName | undefined {
  if (reference.length > LONGEST_REFERENCE) return undefined;
  const slash = reference.indexOf('/');
  const host = reference.slice(0, Math.max(slash, 0));
  if (host !== 'localhost' && !host.includes('.') && !host.includes(':')) return undefined;
  return { host, repository: withoutTag(withoutDigest(reference.slice(slash + 1))) };
}

function withoutDigest(name: string): string {
  const at = name.indexOf('@');
  return at < 0 ? name : name.slice(0, at);
}

/** A colon before the last slash is no tag's. */
function withoutTag(name: string): string {
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  return colon < 0 ? name : name.slice(0, colon);
}
