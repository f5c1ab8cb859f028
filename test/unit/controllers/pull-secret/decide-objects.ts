import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import type { Decision, DeliveryInput } from '../../../../src/controllers/pull-secret/decide.ts';
import { clusterPullSecret, HOUR, NOW, registry, secret, serviceAccount, token } from '../objects.ts';

/** A ClusterPullSecret `all`. */
export function claim(spec: Parameters<typeof clusterPullSecret>[1] = {}): Claim {
  return { kind: 'ClusterPullSecret', object: clusterPullSecret('all', spec) };
}

/** Issued an hour after the one in {@link WELL}. */
export const NEWER = token({ issuedAt: NOW + HOUR, expiresAt: NOW + 13 * HOUR, rotateAt: NOW + 7 * HOUR });
export const FAILURE = { reason: 'AccessDenied', message: 'no' };
export const REFUSED = { reason: 'TenancyDenied', message: 'lacks the word Pull' };

/** All is well: the holder's Secret is there with the token that we have. */
export const WELL: DeliveryInput = {
  now: NOW + HOUR,
  holder: claim(),
  refused: undefined,
  retained: false,
  registry: registry(),
  secret: secret(),
  serviceAccount: serviceAccount(),
  tokenState: { token: token() },
};

export const KEEP = { type: 'keep' } as const;

/** What `decide` says where the Secret is written and the ServiceAccount names it. */
export function apply(
  why: 'Missing' | 'Edited' | 'HolderChanged' | 'RegistryChanged' | 'Due',
  one = token(),
): Decision {
  return { secret: { type: 'apply', token: one, why }, attachment: 'attach' };
}
