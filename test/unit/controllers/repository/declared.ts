import type { RepositorySpec, RepositoryStatus } from '../../../../src/api/repository.generated.ts';
import { type Declaration, declarationOf } from '../../../../src/controllers/repository/declaration.ts';
import type { EcrApi } from '../../../../src/ecr/ecr-api.ts';
import type { TenancyWord } from '../../../../src/ecr/tenancy.ts';
import { namespace, registry, repository, type Things, worldOf } from '../objects.ts';
import { accessTo } from './lone-registry.ts';

/** The tag that says whose a repository is. */
export const OWNER = 'ecr-operator.io/owner';
/** A Registry that allows these words to every namespace. */
export const allowing = (...allow: readonly TenancyWord[]) =>
  registry('default', { tenancy: { rules: [{ allow, namespaceSelector: {} }] } });

/** What differs from a Repository of a Registry that allows all. */
export interface Given {
  readonly spec?: Partial<RepositorySpec>;
  readonly status?: RepositoryStatus;
  readonly things?: Things;
}

/** What decides over it; throws what stands in the way. */
export function declared({ spec, status, things = {} }: Given = {}): Declaration {
  const world = worldOf({ registries: [registry()], namespaces: [namespace()], ...things });
  const object = repository(spec, {}, status);
  return declarationOf(object, { access: accessTo({} as EcrApi, world), world, cluster: 'c' });
}
