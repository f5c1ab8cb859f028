import { invalidParameter } from './aws-error.ts';

/** One page, and the token that leads to the next. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/**
 * Cuts a page behind the item that the token names, so that items deleted between two calls neither hide nor repeat
 * others. `position` has to rise along `all`.
 */
export function cutPage<T>(
  all: readonly T[],
  position: (item: T) => number,
  size: number,
  nextToken: string | undefined,
): Page<T> {
  const after = nextToken === undefined ? Number.NEGATIVE_INFINITY : decodeToken(nextToken);
  const rest = all.filter((item) => position(item) > after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  return {
    items,
    nextToken: rest.length > size && last !== undefined ? encodeToken(position(last)) : undefined,
  };
}

function encodeToken(position: number): string {
  return Buffer.from(JSON.stringify({ after: position })).toString('base64');
}

function decodeToken(token: string): number {
  try {
    const { after } = JSON.parse(Buffer.from(token, 'base64').toString()) as { after: unknown };
    if (typeof after === 'number') return after;
  } catch {
    // falls through: a foreign token
  }
  throw invalidParameter('nextToken', 'Invalid token provided');
}
