import type { Registry } from '../../api/registry.generated.ts';
import { registryHost } from '../../ecr/partition.ts';
import type { RegistryToken, TokenState } from '../../ecr/token-store.ts';
import type { Failure } from '../../runtime/errors.ts';
import { type Claim, holderOf } from './claims.ts';
import type { SecretState } from './secret-state.ts';
import type { ServiceAccountState } from './service-account.ts';

/** Everything that the fate of one target depends on. */
export interface DeliveryInput {
  readonly now: number;
  /** Who gets to say what the Secret holds; absent where nobody wants it, or nobody is allowed to. */
  readonly holder: Claim | undefined;
  /** Why `holder` is absent although somebody wants the Secret. */
  readonly refused: Failure | undefined;
  /** The object that the Secret names as its holder is going, and its deletionPolicy is Retain. */
  readonly retained: boolean;
  readonly registry: Registry | undefined;
  readonly secret: SecretState | undefined;
  readonly serviceAccount: ServiceAccountState | undefined;
  readonly tokenState: TokenState;
}

/** What to do with the Secret. */
export type SecretAction =
  | { readonly type: 'keep' }
  | { readonly type: 'apply'; readonly token: RegistryToken; readonly why: ApplyReason }
  | { readonly type: 'delete' }
  | { readonly type: 'release' };

export type ApplyReason = 'Missing' | 'Edited' | 'HolderChanged' | 'RegistryChanged' | 'Due';

/** `attach`: the ServiceAccount shall name the Secret; `release`: it keeps the entry, which is no longer ours. */
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

function terminating({ secret, holder }: DeliveryInput): Decision | undefined {
  if (!secret?.terminating) return undefined;
  if (!holder) return { secret: KEEP, attachment: 'detach' };
  return {
    secret: KEEP,
    attachment: 'keep',
    failure: {
      reason: 'SecretTerminating',
      message: `Secret ${secret.name} is being deleted, and a finalizer of somebody else holds it: take that out`,
    },
  };
}

function foreignSecret({ secret, holder }: DeliveryInput): Decision | undefined {
  if (!secret || secret.managed) return undefined;
  if (!holder) return { secret: KEEP, attachment: 'detach' };
  return {
    secret: KEEP,
    attachment: 'detach',
    failure: {
      reason: 'SecretConflict',
      message: `there is a Secret ${secret.name} that ecr-operator did not make, and it is left alone: delete it, or choose another secretName`,
    },
  };
}

function unwanted({ holder, refused, retained, secret }: DeliveryInput): Decision | undefined {
  if (holder) return undefined;
  if (retained) return { secret: secret ? { type: 'release' } : KEEP, attachment: 'release' };
  return {
    secret: secret ? { type: 'delete' } : KEEP,
    attachment: 'detach',
    ...(refused ? { failure: refused } : {}),
  };
}

function suspended({ holder }: DeliveryInput): Decision | undefined {
  return holder?.object.spec.suspend ? { secret: KEEP, attachment: 'keep' } : undefined;
}

/** Without a token the Secret stays as it is, whatever it is: never a worse one than the one there. */
function unserved({ tokenState, secret, holder, registry, now }: DeliveryInput): Decision | undefined {
  const { token, failure } = tokenState;
  if (token && token.expiresAt > now && registry && opens(token, registry)) return undefined;
  const attachment = secret ? wantedAttachment(holder) : 'keep';
  if (secret && secret.expiresAt > now) return { secret: KEEP, attachment };
  return { secret: KEEP, attachment, ...(failure ? { failure } : {}) };
}

function served(input: DeliveryInput): Decision {
  const why = applyReason(input);
  const { token } = input.tokenState;
  const secret: SecretAction = why && token ? { type: 'apply', token, why } : KEEP;
  return { secret, attachment: wantedAttachment(input.holder) };
}

function wantedAttachment(holder: Claim | undefined): AttachmentAction {
  return holder?.object.spec.serviceAccounts.mode === 'Default' ? 'attach' : 'detach';
}

function applyReason({ secret, holder, registry, tokenState, now }: DeliveryInput): ApplyReason | undefined {
  if (!secret) return 'Missing';
  if (!secret.intact) return 'Edited';
  if (holder && secret.holder !== holderOf(holder)) return 'HolderChanged';
  if (registry && secret.registry !== registryAnnotation(registry)) return 'RegistryChanged';
  const { token } = tokenState;
  const due = token?.replacesAll || secret.rotateAt <= now;
  return token && due && toSeconds(token.issuedAt) > secret.issuedAt ? 'Due' : undefined;
}

/** Annotations hold whole seconds. */
function toSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

/** Whether a token is one of that registry. */
export function opens(token: RegistryToken, { spec }: Registry): boolean {
  return token.host === registryHost(spec);
}

/** What a Secret says about the registry that its token opens. */
export function registryAnnotation({ metadata, spec }: Registry): string {
  return `${metadata.name} ${registryHost(spec)}`;
}
