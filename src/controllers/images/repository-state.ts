import type { Repository } from '../../api/repository.generated.ts';
import { keptMetadata } from '../../runtime/kept-metadata.ts';
import type { KubeObject } from '../../runtime/resource.ts';

/** What is kept of a Repository: all but its images, which are most of it and which only their writer reads. */
export function repositoryState(object: KubeObject): Repository {
  const metadata = keptMetadata(object) as Repository['metadata'];
  const { images: _, ...status } = (object as Repository).status ?? {};
  const kept = (object as Repository).status ? { status } : {};
  return { ...(object as Repository), metadata, ...kept };
}
