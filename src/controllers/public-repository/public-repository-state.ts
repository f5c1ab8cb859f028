import { createHash } from 'node:crypto';
import type {
  PublicRepository,
  PublicRepositoryCatalogData,
  PublicRepositorySpec,
} from '../../api/public-repository.generated.ts';
import { keptMetadata } from '../../runtime/kept-metadata.ts';
import type { KubeObject } from '../../runtime/resource.ts';

/** What is kept of a PublicRepository: all but its logo, which is most of it, and which only a put of it needs. */
export type PublicRepositoryState = Omit<PublicRepository, 'spec'> & {
  readonly spec: Omit<PublicRepositorySpec, 'catalogData'> & { readonly catalogData?: CatalogDataState };
};

/** The catalogue data with a hash in the place of the logo. */
export interface CatalogDataState extends Omit<PublicRepositoryCatalogData, 'logoImage'> {
  readonly logoImage?: never;
  /** See {@link logoHashOf}. */
  readonly logoHash?: string;
}

/** The projection of the cache (pure). */
export function publicRepositoryState(object: KubeObject): PublicRepositoryState {
  const repository = object as PublicRepository;
  const metadata = keptMetadata(object) as PublicRepository['metadata'];
  const { catalogData, ...spec } = repository.spec;
  if (!catalogData) return { ...repository, metadata, spec };
  const { logoImage, ...texts } = catalogData;
  const logo = logoImage === undefined ? {} : { logoHash: logoHashOf(logoImage) };
  return { ...repository, metadata, spec: { ...spec, catalogData: { ...texts, ...logo } } };
}

/** SHA-256 of a logo's base64 text, in hexadecimal (pure). */
export function logoHashOf(logoImage: string): string {
  return createHash('sha256').update(logoImage).digest('hex');
}
