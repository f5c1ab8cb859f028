import type {
  RepositoryCreationTemplate,
  RepositoryCreationTemplateStatus,
} from '../../api/repository-creation-template.generated.ts';
import type { Controller } from '../../runtime/controller.ts';
import { prefixedController } from '../by-prefix/controller.ts';
import { EXTERNAL_DEPENDENTS } from '../external-resource.ts';
import type { Parts } from '../parts.ts';
import { templateReconciler } from './template.ts';

/** Keeps repository creation templates as declared. */
export function repositoryCreationTemplateController(parts: Parts): Controller {
  const { caches, world, access } = parts;
  const rivals = { all: world.repositoryCreationTemplates, registries: world.registries };
  return prefixedController<RepositoryCreationTemplate, RepositoryCreationTemplateStatus>(parts, {
    name: 'repository-creation-template',
    informer: caches.repositoryCreationTemplates,
    dependents: EXTERNAL_DEPENDENTS,
    reconciler: templateReconciler({ access, rivals }),
  });
}
