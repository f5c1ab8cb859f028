import { tenancyAnswer } from '../../ecr/tenancy.ts';
import type { Failure } from '../../runtime/errors.ts';
import { tenancyOf } from '../registry-access.ts';
import type { NamespaceState } from '../world.ts';
import {
  allClaims,
  type Claim,
  chooseHolder,
  claimsOn,
  holderOf,
  registryOf,
  type Target,
} from './claims.ts';
import type { DeliveryInput } from './decide.ts';
import { type PullWorld, SERVICE_ACCOUNT_NAME } from './pull-world.ts';
import type { SecretState } from './secret-state.ts';

/** Gathers all that the decision about a target needs. */
export function inputOf(
  world: PullWorld,
  target: Target,
  namespace: NamespaceState,
  now: number,
): DeliveryInput {
  const secret = world.secret(`${target.namespace}/${target.secretName}`);
  const { allowed, refused } = allowedClaims(world, namespace, claimsOn(world, namespace, target.secretName));
  const holder = chooseHolder(allowed, secret?.holder);
  const registryName = holder ? registryOf(holder) : '';
  return {
    now,
    holder,
    refused,
    retained: isRetained(world, target, secret),
    registry: world.registries.get(registryName),
    secret,
    serviceAccount: world.serviceAccounts.get(`${target.namespace}/${SERVICE_ACCOUNT_NAME}`),
    tokenState: world.tokens.get(registryName),
  };
}

function allowedClaims(
  world: PullWorld,
  namespace: NamespaceState,
  candidates: readonly Claim[],
): { readonly allowed: readonly Claim[]; readonly refused: Failure | undefined } {
  let refused: Failure | undefined;
  const allowed = candidates.filter((claim) => {
    const refusal = pullRefusal(world, namespace, claim);
    refused = refusal ?? refused;
    return !refusal;
  });
  return { allowed, refused };
}

/** Why a namespace may not have the token of a claim's Registry. Its token opens the whole registry. */
export function pullRefusal(world: PullWorld, namespace: NamespaceState, claim: Claim): Failure | undefined {
  const registry = world.registries.get(registryOf(claim));
  // A Registry that is not there (yet) forbids nothing: its token is missing anyway.
  if (!registry) return undefined;
  const answer = tenancyAnswer(tenancyOf(registry), {
    word: 'Pull',
    namespace: namespace.name,
    labels: namespace.labels,
  });
  return answer.allowed ? undefined : { reason: 'TenancyDenied', message: answer.refusal };
}

/** Whether the object that held this target is on its way out and leaves things as they are. */
function isRetained(world: PullWorld, target: Target, secret: SecretState | undefined): boolean {
  for (const claim of allClaims(world)) {
    const { metadata, spec } = claim.object;
    if (
      !metadata.deletionTimestamp ||
      spec.deletionPolicy !== 'Retain' ||
      spec.secretName !== target.secretName
    )
      continue;
    if (claim.kind === 'PullSecret' && claim.object.metadata.namespace !== target.namespace) continue;
    if (secret?.holder === holderOf(claim)) return true;
  }
  return false;
}
