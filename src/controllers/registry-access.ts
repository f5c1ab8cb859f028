import type { Registry } from '../api/registry.generated.ts';
import type { Connection, Connections } from '../ecr/connection.ts';
import { type TenancyQuestion, type TenancyWord, tenancyAnswer } from '../ecr/tenancy.ts';
import { RetryableError, TerminalError } from '../runtime/errors.ts';
import type { Lister } from '../runtime/store.ts';
import type { NamespaceState } from './world.ts';

/** How the kinds that refer to a Registry come to it. */
export interface RegistryAccess {
  /** The Registry, if there is one. */
  find(name: string): Registry | undefined;
  /** The Registry; throws `RegistryNotFound` where there is none. */
  registry(name: string): Registry;
  /** The same; throws `RegistryPullOnly` and `RegistrySuspended` too. */
  writable(name: string): Registry;
  /** The way to AWS, with the account checked; throws whatever stands in its way. */
  connect(registry: Registry): Promise<Connection>;
  /** Throws `TenancyDenied` with a sentence that names the missing word, unless one of `words` is allowed. */
  require(registry: Registry, words: readonly TenancyWord[], subject: TenancySubject): void;
}

/** Who asks, and about which ECR repository. */
export type TenancySubject = Omit<TenancyQuestion, 'labels' | 'word'>;

export interface RegistryAccessOptions {
  readonly registries: Lister<Registry>;
  readonly namespaces: Lister<NamespaceState>;
  readonly connections: Connections;
  /** Where a Registry that is missing has to be. */
  readonly registriesFile?: string | undefined;
}

/** The {@link RegistryAccess} over the caches. */
export function registryAccess({
  registries,
  namespaces,
  connections,
  registriesFile,
}: RegistryAccessOptions): RegistryAccess {
  const find = (name: string): Registry | undefined => registries.get(name);
  const existing = (name: string): Registry => {
    const registry = find(name);
    if (registry) return registry;
    const help = registriesFile
      ? `have the installation add it to ${registriesFile}, or refer to one of those that are there`
      : 'make it, or refer to one of kubectl get ecrreg';
    throw new RetryableError('RegistryNotFound', `there is no Registry ${name}: ${help}`);
  };
  return {
    find,
    registry: existing,
    writable(name) {
      const registry = existing(name);
      if (registry.spec.access === 'PullOnly') throw pullOnly(name);
      if (!registry.spec.suspend) return registry;
      throw new TerminalError(
        'RegistrySuspended',
        `Registry ${name} is suspended: nothing is written to ECR`,
      );
    },
    async connect(registry) {
      const connection = connections.to(registry.spec);
      await connection.verify();
      return connection;
    },
    require(registry, words, subject) {
      const namespace = namespaces.get(subject.namespace);
      if (!namespace) throw unseen(subject.namespace);
      const { labels } = namespace;
      const answers = words.map((word) => tenancyAnswer(tenancyOf(registry), { ...subject, labels, word }));
      const refused = answers.find((answer) => !answer.allowed);
      if (refused && !answers.some((answer) => answer.allowed)) {
        throw new TerminalError('TenancyDenied', refused.refusal);
      }
    },
  };
}

function pullOnly(name: string): TerminalError {
  return new TerminalError(
    'RegistryPullOnly',
    `Registry ${name} has access PullOnly, and nothing is ever written to it: refer to a Registry that has access Manage`,
  );
}

/** An object may arrive before its namespace does: without labels, a rule that asks for the absence of one would hold. */
function unseen(namespace: string): RetryableError {
  return new RetryableError(
    'NamespaceNotSeen',
    `the labels of namespace ${namespace}, which decide over its rights, are not known yet`,
  );
}

/** A Registry's tenancy as {@link tenancyAnswer} takes it. */
export function tenancyOf({ metadata, spec }: Registry): Parameters<typeof tenancyAnswer>[0] {
  return { name: metadata.name, rules: spec.tenancy?.rules };
}
