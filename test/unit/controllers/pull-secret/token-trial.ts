import type { TokenState } from '../../../../src/controllers/pull-secret/token-store.ts';
import { tokensReconciler } from '../../../../src/controllers/pull-secret/tokens.ts';
import type { RegistryAccess } from '../../../../src/controllers/registry-access.ts';
import { pullHosts } from '../../../../src/ecr/partition.ts';
import { type PullScope, scopeKey } from '../../../../src/ecr/pull-scope.ts';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { createFakeClock, type FakeClock } from '../../fake-clock.ts';
import { recordedLog } from '../../runtime/recorded-log.ts';
import {
  clusterPullSecret,
  HOUR,
  NOW,
  namespace,
  pullSecret,
  registry,
  type Things,
  worldOf,
} from '../objects.ts';
import { demanded } from './pull-objects.ts';

/** What AWS answers: a token with so long a life (ms), or what is thrown in its place. */
export type Answer = number | Error;

/** The reconciler of tokens beside an AWS that a test speaks for. */
export interface TokenTrial {
  /** One pass over a token; that of all of the Registry `default` unless told. */
  pass(id?: string): ReturnType<ReturnType<typeof tokensReconciler>>;
  /** What was told of tokens, in order. */
  readonly told: (readonly [id: string, state: TokenState])[];
  /** The Registries that were told to answer again. */
  readonly recovered: string[];
  readonly log: ReturnType<typeof recordedLog>;
  readonly world: ReturnType<typeof worldOf>;
  readonly clock: FakeClock;
  /** The scopes that AWS was asked for a token of, in order. */
  readonly asked: string[];
  /** By default twelve hours. */
  answer: Answer | ((scope: PullScope) => Promise<Answer> | Answer);
}

/** A claim for everybody on the namespace `team`, unless there are others. The floor is ten minutes. */
export function tokenTrial(things: Things = {}): TokenTrial {
  const clock = createFakeClock(NOW);
  const log = recordedLog();
  const world = demanded(
    worldOf({
      registries: [registry()],
      namespaces: [namespace()],
      clusterPullSecrets: [clusterPullSecret()],
      ...things,
    }),
  );
  const trial: Omit<TokenTrial, 'pass'> = {
    told: [],
    recovered: [],
    log,
    world,
    clock,
    asked: [],
    answer: 12 * HOUR,
  };
  const access: Pick<RegistryAccess, 'registry' | 'connect'> = {
    registry(name) {
      const found = world.registries.get(name);
      if (found) return found;
      throw new RetryableError('RegistryNotFound', `there is no Registry ${name}`);
    },
    connect: async ({ spec }) => ({
      ...NOT_EXPECTED,
      async issueToken(scope) {
        trial.asked.push(scopeKey(scope));
        const { answer } = trial;
        const life = typeof answer === 'function' ? await answer(scope) : answer;
        if (life instanceof Error) throw life;
        const password = `hush${trial.asked.length}`;
        return { password, expiresAt: clock.now() + life, scope: 'PullOnly', hosts: pullHosts(spec, scope) };
      },
    }),
  };
  const pass = tokensReconciler({
    world,
    access: access as RegistryAccess,
    clock,
    log,
    random: () => 0,
    floorMs: 600_000,
    onToken: (id, state) => void trial.told.push([id, state]),
    onRecovered: (name) => void trial.recovered.push(name),
    onTurn: () => undefined,
  });
  return Object.assign(trial, { pass: (id = 'default|') => pass(id) });
}

/** So many namespaces, each with a scope of its own: `n0`, `n1`, ... */
export function scopes(count: number): Things {
  const names = Array.from({ length: count }, (_, index) => `n${index}`);
  return {
    namespaces: names.map((name) => namespace(name)),
    clusterPullSecrets: [],
    pullSecrets: names.map((name) =>
      pullSecret('mine', { registries: [{ name: 'default', repositories: [name] }] }, { namespace: name }),
    ),
  };
}

/** One pass over each of the tokens that are wanted. */
export async function passOverAll(one: TokenTrial): Promise<object[]> {
  const nexts: object[] = [];
  for (const id of one.world.demand.ids()) nexts.push(await one.pass(id));
  return nexts;
}

const NOT_EXPECTED = {
  ecr: {} as never,
  lane: () => ({}) as never,
  settings: {} as never,
  cacheRules: {} as never,
  templates: {} as never,
  publicRepositories: {} as never,
  verify: async () => ({}) as never,
  close: () => undefined,
};
