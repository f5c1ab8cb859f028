import type { NamespaceCounts } from '../../api/shared.generated.ts';
import type { Sample, State, StateFamily } from './state-metrics.ts';
import type { TokenRow } from './token-rows.ts';

/** What is told of tokens and pull secrets. Seconds are by the operator's own clock. */
export const PULL_SECRET_FAMILIES: readonly StateFamily[] = [
  {
    name: 'ecr_operator_token_secrets',
    help: 'Pull Secrets that hold a token, by Registry and by what the token opens.',
    labels: ['registry', 'scope'],
    samples: tokens(({ secrets }) => secrets),
  },
  {
    name: 'ecr_operator_token_expiry_seconds',
    help: 'Seconds until the first of those tokens runs out and pulls with it fail; negative after that.',
    labels: ['registry', 'scope'],
    samples: tokens(({ expiresAt }, now) => (expiresAt - now) / 1_000),
  },
  {
    name: 'ecr_operator_token_age_seconds',
    help: 'Seconds since the oldest of those tokens was issued.',
    labels: ['registry', 'scope'],
    samples: tokens(({ issuedAt }, now) => Math.max(0, now - issuedAt) / 1_000),
  },
  {
    name: 'ecr_operator_token_next_rotation_seconds',
    help: 'Seconds until the first of those tokens is to be replaced by its own life; negative when it is overdue.',
    labels: ['registry', 'scope'],
    samples: tokens(({ rotateAt }, now) => (rotateAt - now) / 1_000),
  },
  {
    name: 'ecr_operator_tokens_failing',
    help: 'Wanted tokens that could not be had or renewed at the last attempt, by Registry and reason.',
    labels: ['registry', 'reason'],
    *samples({ failing }) {
      for (const [registry, reasons] of failing)
        for (const [reason, count] of reasons) yield [{ registry, reason }, count];
    },
  },
  {
    name: 'ecr_operator_pull_secret_namespaces',
    help: 'Namespaces of each ClusterPullSecret, and of all PullSecrets together under the name "", by state.',
    labels: ['kind', 'name', 'state'],
    *samples({ world }) {
      const all = { matched: 0, ready: 0, failed: 0 };
      for (const { metadata, spec, status } of world.clusterPullSecrets.values())
        if (!spec.suspend) yield* namespaces('ClusterPullSecret', metadata.name, status?.namespaces);
      for (const { spec, status } of world.pullSecrets.values()) {
        if (spec.suspend) continue;
        const { matched, ready, failed } = status?.namespaces ?? { matched: 1, ready: 0, failed: 0 };
        all.matched += matched;
        all.ready += ready;
        all.failed += failed;
      }
      yield* namespaces('PullSecret', '', all);
    },
  },
];

function tokens(read: (row: TokenRow, now: number) => number): (state: State) => Generator<Sample> {
  return function* samples({ tokens: rows, now }) {
    for (const row of rows) yield [{ registry: row.registry, scope: row.scope }, read(row, now)];
  };
}

/** As its status tells; those that are neither ready nor failed are on their way. */
function* namespaces(
  kind: string,
  name: string,
  { matched, ready, failed }: NamespaceCounts = { matched: 0, ready: 0, failed: 0 },
): Generator<Sample> {
  yield [{ kind, name, state: 'ready' }, ready];
  yield [{ kind, name, state: 'failed' }, failed];
  yield [{ kind, name, state: 'pending' }, Math.max(0, matched - ready - failed)];
}
