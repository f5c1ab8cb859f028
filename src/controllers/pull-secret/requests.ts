import { ROTATE_ANNOTATION } from '../../api/names.ts';
import { type Claim, claimKey } from './claims.ts';

/** A rotation that somebody asked for by annotation, and that is not done yet. */
export interface RotationRequest {
  readonly value: string;
  /** When it was seen first (ms). */
  readonly at: number;
}

/** The open requests by claim. */
export interface RotationRequests {
  get(claim: Claim): RotationRequest | undefined;
  /** Looks at the claim's annotation; true if it asks for something new. */
  see(claim: Claim, now: number): boolean;
}

/** The longest value that a status repeats. */
const LONGEST = 256;

/** No {@link RotationRequests} yet. */
export function createRotationRequests(): RotationRequests {
  const open = new Map<string, RotationRequest>();
  return {
    get: (claim) => open.get(claimKey(claim)),
    see(claim, now) {
      const key = claimKey(claim);
      const value = requested(claim);
      if (value === undefined || value === claim.object.status?.rotation?.request) {
        open.delete(key);
        return false;
      }
      if (open.get(key)?.value === value) return false;
      open.set(key, { value, at: now });
      return true;
    },
  };
}

/** What the claim's annotation says; undefined without one. */
function requested({ object }: Claim): string | undefined {
  const value = object.metadata.annotations?.[ROTATE_ANNOTATION];
  return value ? value.slice(0, LONGEST).toWellFormed() : undefined;
}
