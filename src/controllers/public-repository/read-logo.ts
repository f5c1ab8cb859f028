import { PUBLIC_REPOSITORIES } from '../../api/names.ts';
import type { PublicRepository } from '../../api/public-repository.generated.ts';
import { RetryableError } from '../../runtime/errors.ts';
import type { KubeClient } from '../../runtime/kube-client.ts';
import { pathOf } from '../../runtime/resource.ts';
import { logoHashOf, type PublicRepositoryState } from './public-repository-state.ts';

/**
 * The logo of a PublicRepository, as base64, read from the API server: no cache has it. `SpecChanged` unless it is the
 * one of this hash.
 */
export async function readLogo(
  client: Pick<KubeClient, 'request'>,
  { metadata: { namespace, name } }: Pick<PublicRepositoryState, 'metadata'>,
  hash: string,
): Promise<string> {
  const { spec } = await client.request<PublicRepository>(pathOf(PUBLIC_REPOSITORIES, { namespace, name }));
  const logo = spec.catalogData?.logoImage;
  if (logo !== undefined && logoHashOf(logo) === hash) return logo;
  throw new RetryableError(
    'SpecChanged',
    'the spec has just changed: its logo is not the one that was to be put, so none was; looked at again',
  );
}
