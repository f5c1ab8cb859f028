import type { PullSecretTokenScope } from '../../api/shared.generated.ts';
import { currentOf } from '../pull-secret/claims.ts';
import type { PullWorld } from '../pull-secret/pull-world.ts';
import type { SecretState } from '../pull-secret/secret-state.ts';
import { registryOfToken } from '../pull-secret/wants.ts';

/** The tokens of one Registry and one scope, as they stand in pull Secrets now. Times in ms since the epoch. */
export interface TokenRow {
  readonly registry: string;
  readonly scope: PullSecretTokenScope;
  /** Secrets that have one. */
  secrets: number;
  /** Of the one that runs out first. */
  expiresAt: number;
  /** Of the oldest. */
  issuedAt: number;
  /** Of the one that is due first. */
  rotateAt: number;
}

export interface TokenView {
  readonly world: Pick<PullWorld, 'demand' | 'tokens' | 'pullSecrets' | 'clusterPullSecrets'> &
    Parameters<typeof currentOf>[0];
  readonly secrets: Iterable<SecretState>;
  /** What a Registry is called in labels. */
  readonly registryName: (name: string) => string;
}

/**
 * One row for each Registry and scope, out of the Secrets that kubelets read. Left out is what is to run out: tokens that
 * nobody wants any more, and those of a pull secret that is suspended.
 */
export function tokenRows({ world, secrets, registryName }: TokenView): TokenRow[] {
  const rows = new Map<string, TokenRow>();
  for (const secret of secrets) {
    if (!secret.managed || !secret.intact || secret.terminating) continue;
    const demand = world.demand.get(`${secret.namespace}/${secret.name}`);
    const holder = demand?.holder;
    if (!holder || currentOf(world, holder)?.object.spec.suspend === true) continue;
    for (const { id, scope, issuedAt, expiresAt, rotateAt } of secret.logins) {
      if (!demand.wants.some((want) => want.id === id)) continue;
      const registry = registryName(registryOfToken(id));
      const row = rows.get(`${registry}|${scope}`);
      if (!row) {
        rows.set(`${registry}|${scope}`, { registry, scope, secrets: 1, issuedAt, expiresAt, rotateAt });
        continue;
      }
      row.secrets += 1;
      row.issuedAt = Math.min(row.issuedAt, issuedAt);
      row.expiresAt = Math.min(row.expiresAt, expiresAt);
      row.rotateAt = Math.min(row.rotateAt, rotateAt);
    }
  }
  return [...rows.values()];
}

/** How many tokens could not be had or renewed at the last attempt, by Registry and reason. */
export function failingTokens(
  { demand, tokens }: TokenView['world'],
  registryName: TokenView['registryName'],
): Map<string, Map<string, number>> {
  const failing = new Map<string, Map<string, number>>();
  for (const id of demand.ids()) {
    const reason = tokens.get(id).failure?.reason;
    if (reason === undefined) continue;
    const registry = registryName(registryOfToken(id));
    const reasons = failing.get(registry) ?? new Map<string, number>();
    failing.set(registry, reasons.set(reason, (reasons.get(reason) ?? 0) + 1));
  }
  return failing;
}
