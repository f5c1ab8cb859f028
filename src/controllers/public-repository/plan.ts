import type { Tags } from '../../ecr/ecr-api.ts';
import { sameSet } from '../../ecr/json-document.ts';
import { samePolicy } from '../../ecr/json-policy.ts';
import type { CatalogInput, CatalogTexts, LiveCatalog } from '../../ecr/public-repository-api.ts';
import { type TagAction, tagDiff } from '../repository/plan.ts';
import type { DesiredPublicRepository } from './desired.ts';
import type { ObservedPublicRepository, PutLogo } from './observe.ts';

/** A field of the catalogue data, as the spec calls it. */
export type CatalogField = keyof CatalogInput;

/** One write, named as the operation of ECR Public that it is. */
export type PublicRepositoryAction =
  | { readonly type: 'CreateRepository'; readonly name: string; readonly tags: Tags }
  | TagAction
  | PutCatalog
  | { readonly type: 'SetRepositoryPolicy'; readonly document: string; readonly force: boolean };

export interface PutCatalog {
  readonly type: 'PutRepositoryCatalogData';
  /** All that shall be there but the logo, the fields that nobody declared as they are. */
  readonly catalog: CatalogTexts;
  /** Of the logo that is to be put with it. */
  readonly logoHash?: string;
  /** What differs, in the order of the spec. */
  readonly changed: readonly CatalogField[];
}

export interface PublicPlanOptions {
  /** The keys of tags that we put earlier. */
  readonly managedTagKeys: readonly string[];
  /** A logo that somebody else put is taken for the declared one: nobody can tell, and nothing is to be put. */
  readonly trustsLogo?: boolean;
}

/** What has to be written so that ECR Public holds what is declared (pure). */
export function planPublicRepository(
  desired: DesiredPublicRepository,
  observed: ObservedPublicRepository,
  { managedTagKeys, trustsLogo = false }: PublicPlanOptions,
): PublicRepositoryAction[] {
  const { name, tags } = desired;
  return [
    ...(observed.live
      ? tagDiff(desired, observed, managedTagKeys)
      : [{ type: 'CreateRepository' as const, name, tags }]),
    ...catalogDiff(desired, observed, trustsLogo),
    ...policyDiff(desired, observed),
  ];
}

function catalogDiff(
  { texts = {}, logoHash }: DesiredPublicRepository,
  { catalog: live = {}, putLogo }: ObservedPublicRepository,
  trustsLogo: boolean,
): PutCatalog[] {
  const changed: CatalogField[] = [
    ...TEXTS.filter((field) => texts[field] !== undefined && !sameText(texts[field], live[field])),
    ...LISTS.filter((field) => texts[field] !== undefined && !sameSet(texts[field], live[field])),
    ...(logoHash && !isLogoThere(logoHash, live, putLogo, trustsLogo) ? (['logoImage'] as const) : []),
  ];
  if (changed.length === 0) return [];
  const { logoUrl: _, ...kept } = live;
  const catalog = { ...kept, ...texts };
  return [{ type: 'PutRepositoryCatalogData', catalog, ...(logoHash ? { logoHash } : {}), changed }];
}

const TEXTS = ['description', 'aboutText', 'usageText'] as const satisfies readonly (keyof CatalogTexts)[];
const LISTS = ['architectures', 'operatingSystems'] as const satisfies readonly (keyof CatalogTexts)[];

/** White space at the end, where YAML's blocks leave a line break, and the form of line breaks mean nothing. */
function sameText(a = '', b = ''): boolean {
  const meaning = (text: string): string => text.replaceAll('\r\n', '\n').trimEnd();
  return meaning(a) === meaning(b);
}

/**
 * AWS gives no logo back: it is the declared one while it lies where AWS said that it put that one. Where AWS said
 * nothing, it is believed.
 */
function isLogoThere(
  hash: string,
  { logoUrl }: LiveCatalog,
  put: PutLogo | undefined,
  trustsLogo: boolean,
): boolean {
  if (!put && trustsLogo) return logoUrl !== undefined;
  if (put?.hash !== hash) return false;
  return put.url === undefined || placeOf(put.url) === placeOf(logoUrl);
}

/** A URL without what it may be signed by, which is another each time (pure). */
export function placeOf(url: string | undefined): string | undefined {
  return url?.split('?')[0];
}

function policyDiff(
  { policy }: DesiredPublicRepository,
  { policy: live }: ObservedPublicRepository,
): PublicRepositoryAction[] {
  if (!policy) return [];
  if (live !== undefined && samePolicy(policy.document, live, 'spec.policy.document')) return [];
  return [{ type: 'SetRepositoryPolicy', ...policy }];
}
