import { type ImageName, imageName } from '../pull-secret/repair/image-name.ts';

/** An image as a Pod names it. */
export interface ImageReference extends ImageName {
  /** The digest, or the tag where there is none. */
  readonly version: string;
}

/** Some runtimes put a scheme before what they pulled. */
const SCHEME = /^[a-z-]+:\/\//;

/**
 * Takes a reference apart; undefined where it names no registry. With a digest the tag has no say in what is pulled;
 * without both it is `latest`. Source: distribution's reference grammar.
 */
export function imageReference(reference: string): ImageReference | undefined {
  const text = reference.replace(SCHEME, '');
  const name = imageName(text);
  if (!name) return undefined;
  const at = text.indexOf('@');
  const version = at < 0 ? tagOf(text) : text.slice(at + 1);
  return { ...name, version: version ?? 'latest' };
}

function tagOf(text: string): string | undefined {
  const last = text.slice(text.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  return colon < 0 ? undefined : last.slice(colon + 1);
}
