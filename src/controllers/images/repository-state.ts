import type { Repository } from '../../api/repository.generated.ts';
import { keptMetadata } from '../../runtime/kept-metadata.ts';
import type { KubeObject } from '../../runtime/resource.ts';
import { type CountedRepository, findingsOf } from '../metrics/image-rows.ts';

/**
 * What is kept of a Repository: all but its images, which are most of it and which only their writer reads. What was
 * found in them is added up.
 */
export function repositoryState(object: KubeObject): CountedRepository {
  const metadata = keptMetadata(object) as Repository['metadata'];
  const { images, ...status } = (object as Repository).status ?? {};
  const kept = (object as Repository).status ? { status } : {};
  const findings = findingsOf(images);
  return { ...(object as Repository), metadata, ...kept, ...(findings ? { findings } : {}) };
}
