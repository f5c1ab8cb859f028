import type { TokenLife } from '../../../../src/controllers/pull-secret/survey.ts';
import { HOUR, NOW } from '../objects.ts';

export const FAILURE = { reason: 'AccessDenied', message: 'AWS says no', occurrence: 'request id 1' };

/** The life of one login: issued at {@link NOW}, for twelve hours. */
export function life(more: Partial<TokenLife> = {}): TokenLife {
  return {
    login: 'default',
    ids: new Set(['default|']),
    scope: 'PullOnly',
    issuedAt: NOW,
    expiresAt: NOW + 12 * HOUR,
    rotateAt: NOW + 6 * HOUR,
    failure: undefined,
    ...more,
  };
}

export const LIFE = life();

/** Of a login whose first token has not come. */
export const UNKNOWN = life({
  scope: undefined,
  issuedAt: undefined,
  expiresAt: undefined,
  rotateAt: undefined,
});
