/** The parts of an image reference that decide over its login. */
export interface ImageName {
  /** With its port, if it has one. */
  readonly host: string;
  /** Without tag and digest. */
  readonly repository: string;
}

/**
 * Takes a reference apart; undefined where it names no registry, which then is Docker Hub. Source: distribution's
 * reference grammar, by which the part before the first slash is a host if it has a dot or a port, or is `localhost`.
 */
export function imageName(reference: string): ImageName | undefined {
  const slash = reference.indexOf('/');
  const host = reference.slice(0, Math.max(slash, 0));
  if (host !== 'localhost' && !/[.:]/.test(host)) return undefined;
  const repository = reference
    .slice(slash + 1)
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '');
  return { host, repository };
}
