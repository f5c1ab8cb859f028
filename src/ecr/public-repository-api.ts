import type { EcrApi, Tags } from './ecr-api.ts';

/** A repository as ECR Public's DescribeRepositories shows it. */
export interface LivePublicRepository {
  readonly name: string;
  readonly arn: string;
  /** `public.ecr.aws/<alias>/<name>`. */
  readonly uri: string;
  readonly registryId: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

export interface NewPublicRepository {
  readonly name: string;
  readonly tags: Tags;
}

/** What the gallery shows of a repository, but for its logo. */
export interface CatalogTexts {
  readonly description?: string;
  readonly architectures?: readonly string[];
  readonly operatingSystems?: readonly string[];
  /** Markdown, as is `usageText`. */
  readonly aboutText?: string;
  readonly usageText?: string;
}

/** Catalogue data as it comes out: of the logo there is no more than where it is. */
export interface LiveCatalog extends CatalogTexts {
  readonly logoUrl?: string;
}

/** Catalogue data as it goes in. */
export interface CatalogInput extends CatalogTexts {
  /** Base64. */
  readonly logoImage?: string;
}

/** The calls of ECR Public that this operator makes about one account's repositories; see {@link EcrApi}. */
export interface PublicRepositoryApi
  extends Pick<
    EcrApi,
    | 'deleteRepository'
    | 'getRepositoryPolicy'
    | 'setRepositoryPolicy'
    | 'listTags'
    | 'tag'
    | 'untag'
    | 'countImages'
  > {
  describeRepository(name: string): Promise<LivePublicRepository | undefined>;
  createRepository(repository: NewPublicRepository): Promise<LivePublicRepository>;
  /** Empty where there is none yet. */
  getCatalog(name: string): Promise<LiveCatalog>;
  /** Gives what is there after it. Whether AWS keeps what is left out is not established: everything is to be put. */
  putCatalog(name: string, catalog: CatalogInput): Promise<LiveCatalog>;
}
