import { ROTATE_ANNOTATION } from '../../api/names.ts';
import type { Claim } from './claims.ts';

/** A rotation that somebody asked for by annotation, and that is not done yet. */
export interface RotationRequest {
  readonly value: string;
  /** When it was seen first (ms). */
  readonly at: number;
}

/** The open requests by claim; one that is made anew under its name is another. */
export interface RotationRequests {
  get(claim: Claim): RotationRequest | undefined;
  /** Looks at the claim's annotation; true if it asks for something new. */
  see(claim: Claim, now: number): boolean;
  /** The claim is no more. */
  forget(claim: Claim): void;
}

/** The longest value that a status repeats. */
const LONGEST = 256;

/** No {@link RotationRequests} yet. */
export function createRotationRequests(): RotationRequests {
  const open = new Map<string, RotationRequest>();
  return {
    get: ({ object }) => open.get(object.metadata.uid),
    see(claim, now) {
      const key = claim.object.metadata.uid;
      const value = requested(claim);
      if (value === undefined || value === claim.object.status?.rotation?.request) {
        open.delete(key);
        return false;
      }
      if (open.get(key)?.value === value) return false;
      open.set(key, { value, at: now });
      return true;
    },
    forget: ({ object }) => void open.delete(object.metadata.uid),
  };
}

/** What the claim's annotation says; undefined without one. */
function requested({ object }: Claim): string | undefined {
  const value = object.metadata.annotations?.[ROTATE_ANNOTATION];
  return value ? value.slice(0, LONGEST).toWellFormed() : undefined;
}
