import type { PublicRepositoryStatus } from '../../api/public-repository.generated.ts';
import type { Tags } from '../../ecr/ecr-api.ts';
import type {
  LiveCatalog,
  LivePublicRepository,
  PublicRepositoryApi,
} from '../../ecr/public-repository-api.ts';
import { heldBefore } from '../repository/fields.ts';
import type { DesiredPublicRepository } from './desired.ts';

/** The logo that we put last, as far as we know; see `status.logo`. */
export interface PutLogo {
  readonly hash: string;
  readonly url?: string;
}

/** What ECR Public holds of a declared repository; `live` is absent where there is none. */
export interface ObservedPublicRepository {
  readonly live?: LivePublicRepository;
  readonly tags: Tags;
  /** Read only where it is declared. */
  readonly catalog?: LiveCatalog | undefined;
  readonly policy?: string | undefined;
  /** Absent where we put none in this very repository. */
  readonly putLogo?: PutLogo | undefined;
}

/** One call where there is no repository, else one for each thing that is declared. */
export async function observePublicRepository(
  api: PublicRepositoryApi,
  { name, texts, logoHash, policy: declared }: DesiredPublicRepository,
  status: PublicRepositoryStatus | undefined,
): Promise<ObservedPublicRepository> {
  const live = await api.describeRepository(name);
  if (!live) return { tags: {} };
  const [tags, catalog, policy] = await Promise.all([
    api.listTags(live.arn),
    texts || logoHash ? api.getCatalog(name) : undefined,
    declared ? api.getRepositoryPolicy(name) : undefined,
  ]);
  return { live, tags, catalog, policy, putLogo: heldBefore(status, { live }) ? status?.logo : undefined };
}
