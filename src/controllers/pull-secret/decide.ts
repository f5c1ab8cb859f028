import type { Failure } from '../../runtime/errors.ts';
import { holderOf } from './claims.ts';
import type { DeliveryInput, LoginInput } from './delivery-input.ts';
import type { Login } from './logins.ts';
import type { RegistryToken } from './token-store.ts';
import type { TokenWant } from './wants.ts';

/** One login of a Secret that is written: a token from memory, or what stands in the Secret already. */
export type PlannedLogin =
  | { readonly from: 'memory'; readonly want: TokenWant; readonly token: RegistryToken }
  | { readonly from: 'secret'; readonly login: Login };

/** What to do with the Secret. */
export type SecretAction =
  | { readonly type: 'keep' }
  | { readonly type: 'apply'; readonly logins: readonly PlannedLogin[]; readonly why: ApplyReason }
  | { readonly type: 'delete' }
  | { readonly type: 'release' };

export type ApplyReason = 'Missing' | 'HandedOver' | 'Edited' | 'HolderChanged' | 'LoginsChanged' | 'Due';

/** `attach`: the wanted ServiceAccounts shall name the Secret; `release`: they keep the entry, which is no longer ours. */
export type AttachmentAction = 'attach' | 'detach' | 'release' | 'keep';

export interface Decision {
  readonly secret: SecretAction;
  readonly attachment: AttachmentAction;
  /** Why the target is not served, or not as its holder wants. */
  readonly failure?: Failure;
}

const KEEP: SecretAction = { type: 'keep' };

/** The decision about one target (pure): the first policy that has something to say. */
export function decide(input: DeliveryInput): Decision {
  return (
    terminating(input) ??
    foreignSecret(input) ??
    unwanted(input) ??
    suspended(input) ??
    unserved(input) ??
    served(input)
  );
}

function terminating({ secret, demand }: DeliveryInput): Decision | undefined {
  if (!secret?.terminating) return undefined;
  if (!demand?.holder) return { secret: KEEP, attachment: 'detach' };
  return {
    secret: KEEP,
    attachment: 'keep',
    failure: {
      reason: 'SecretTerminating',
      message: `Secret ${secret.name} is being deleted, and a finalizer of somebody else holds it: take that out`,
    },
  };
}

function foreignSecret({ secret, demand }: DeliveryInput): Decision | undefined {
  if (!secret || secret.managed) return undefined;
  if (!demand?.holder) return { secret: KEEP, attachment: 'detach' };
  if (secret.handedOver) return undefined;
  return {
    secret: KEEP,
    attachment: 'detach',
    failure: {
      reason: 'SecretConflict',
      message: `there is a Secret ${secret.name} that ecr-operator did not make, and it is left alone: delete it, choose another secretName, or hand it over with kubectl -n ${secret.namespace} annotate secret ${secret.name} ecr-operator.io/hand-over=true`,
    },
  };
}

function unwanted({ demand, retained, moving, secret }: DeliveryInput): Decision | undefined {
  if (demand?.holder) return undefined;
  if (moving) return { secret: KEEP, attachment: 'keep' };
  if (retained) return { secret: secret ? { type: 'release' } : KEEP, attachment: 'release' };
  return {
    secret: secret ? { type: 'delete' } : KEEP,
    attachment: 'detach',
    ...(demand?.refused ? { failure: demand.refused } : {}),
  };
}

function suspended({ demand }: DeliveryInput): Decision | undefined {
  return demand?.holder?.object.spec.suspend ? { secret: KEEP, attachment: 'keep' } : undefined;
}

/**
 * Without any token the Secret stays as it is, whatever it is: never a worse one than the one there. What is refused
 * goes all the same; what nobody wants any more goes as long as something is left.
 */
function unserved(input: DeliveryInput): Decision | undefined {
  const { secret, logins, demand } = input;
  if (logins.some(({ token }) => token)) return undefined;
  const leaving = surplus(input);
  const refused = leaving.some(({ login }) => demand?.refusals.some((refusal) => refusal.login === login));
  const isBeyond = logins.some((login) => login.isBeyond);
  if (refused || isBeyond || (leaving.length > 0 && logins.some(({ present }) => present))) return undefined;
  return { secret: KEEP, attachment: secret ? 'attach' : 'keep', ...failureOf(input) };
}

function served(input: DeliveryInput): Decision {
  const why = applyReason(input);
  const secret: SecretAction = why
    ? { type: 'apply', logins: input.logins.flatMap((one) => planned(input, one)), why }
    : KEEP;
  return { secret, attachment: 'attach', ...failureOf(input) };
}

/**
 * The newest token there is; without one, what the Secret has, even with another scope than is wanted now: it is good
 * until the wanted one comes. What somebody edited may be anything by now: it is due as soon as one comes.
 */
function planned({ secret }: DeliveryInput, { want, token, present }: LoginInput): PlannedLogin[] {
  if (token) return [{ from: 'memory', want, token }];
  if (!present) return [];
  return [{ from: 'secret', login: secret?.intact ? present : { ...present, rotateAt: present.issuedAt } }];
}

function applyReason(input: DeliveryInput): ApplyReason | undefined {
  const { secret, demand, logins } = input;
  if (!secret) return 'Missing';
  if (!secret.managed) return 'HandedOver';
  if (!secret.intact) return 'Edited';
  if (demand?.holder && secret.holder !== holderOf(demand.holder)) return 'HolderChanged';
  if (surplus(input).length > 0 || logins.some(isOther)) return 'LoginsChanged';
  if (demand?.holder && secret.foreignEntries !== demand.holder.object.spec.foreignEntries)
    return 'LoginsChanged';
  return logins.some(isNewer) ? 'Due' : undefined;
}

/** What the Secret opens although nobody who may wants it. */
function surplus({ secret, logins }: DeliveryInput): readonly Login[] {
  const logged = secret?.managed ? secret.logins : [];
  const isKept = (login: Login): boolean =>
    logins.some(
      ({ want, present, isBeyond }) =>
        (want.login === login.login && !isBeyond) || present?.login === login.login,
    );
  return logged.filter((login) => !isKept(login));
}

/** The Secret lacks the login, or has another token than the wanted one. */
function isOther({ want, token, present }: LoginInput): boolean {
  if (!token) return false;
  // The width of an equal id hangs on the role that the Registry has for it.
  if (present?.id !== want.id || present.scope !== token.scope) return true;
  return present.hosts.join() !== token.hosts.join();
}

function isNewer({ token, present, isDue }: LoginInput): boolean {
  return (
    token !== undefined && isDue && Math.floor(token.issuedAt / 1_000) * 1_000 > (present?.issuedAt ?? 0)
  );
}

function failureOf({ demand, logins }: DeliveryInput): Pick<Decision, 'failure'> {
  const [refusal] = demand?.refusals ?? [];
  if (refusal) return { failure: { reason: refusal.reason, message: refusal.message } };
  const missing = logins.find(({ token, present, failure }) => !token && !present && failure);
  return missing?.failure ? { failure: missing.failure } : {};
}
