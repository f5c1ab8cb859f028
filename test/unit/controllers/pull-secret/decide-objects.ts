import type { ApplyReason, Decision, PlannedLogin } from '../../../../src/controllers/pull-secret/decide.ts';
import type { DeliveryInput, LoginInput } from '../../../../src/controllers/pull-secret/delivery-input.ts';
import type { Demand } from '../../../../src/controllers/pull-secret/demand.ts';
import { HOUR, NOW } from '../objects.ts';
import { cluster, login, secret, token, want } from './pull-objects.ts';

/** Issued an hour after the one in {@link WELL}. */
export const NEWER = token({ issuedAt: NOW + HOUR, expiresAt: NOW + 13 * HOUR, rotateAt: NOW + 7 * HOUR });
export const FAILURE = { reason: 'AccessDenied', message: 'no' };
export const REFUSED = { login: 'default', reason: 'TenancyDenied', message: 'lacks the word Pull' };

/** A ClusterPullSecret `all` holds the target. */
export function demand(more: Partial<Demand> = {}): Demand {
  return { holder: cluster(), refused: undefined, wants: [want()], refusals: [], ...more };
}

/** The wanted token is in memory, and in the Secret. */
export function input(more: Partial<LoginInput> = {}): LoginInput {
  return {
    want: want(),
    token: token(),
    present: login(),
    isBeyond: false,
    isDue: true,
    failure: undefined,
    ...more,
  };
}

/** All is well: the holder's Secret is there with the token that we have. */
export const WELL: DeliveryInput = {
  demand: demand(),
  retained: false,
  moving: false,
  secret: secret(),
  logins: [input()],
};

export const KEEP = { type: 'keep' } as const;

/** What {@link input} puts into a Secret. */
export function fromMemory(one = token(), of = want()): PlannedLogin {
  return { from: 'memory', want: of, token: one };
}

/** What `decide` says where the Secret is written and the ServiceAccounts name it. */
export function apply(why: ApplyReason, ...logins: PlannedLogin[]): Decision {
  return { secret: { type: 'apply', logins, why }, attachment: 'attach' };
}
