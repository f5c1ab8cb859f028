import type {
  RepositoryCreationTemplate,
  RepositoryCreationTemplateStatus,
} from '../../api/repository-creation-template.generated.ts';
import { contentHash } from '../../ecr/json-document.ts';
import { partitionOf } from '../../ecr/partition.ts';
import type { CreationTemplate, LiveTemplate, TemplateApi } from '../../ecr/template-api.ts';
import { TerminalError } from '../../runtime/errors.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import { isOwn, prefixOf, type Rivals, requireHeld, timesOf, toDelete } from '../by-prefix/prefixed.ts';
import { type ExternalResource, reconcileExternal } from '../external-resource.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { applyTemplateAction, describeTemplateAction } from './apply.ts';
import { desiredTemplate } from './desired.ts';
import { type ObservedTemplate, planTemplate, type TemplateAction } from './plan.ts';

type Fields = Omit<RepositoryCreationTemplateStatus, keyof BaseStatus>;

export interface TemplateReconcilerOptions {
  readonly access: RegistryAccess;
  readonly rivals: Rivals<RepositoryCreationTemplate>;
}

/** Keeps one repository creation template as it is declared, whole. */
export function templateReconciler({
  access,
  rivals,
}: TemplateReconcilerOptions): Reconciler<RepositoryCreationTemplate, Fields> {
  return {
    async reconcile(template) {
      const registry = access.writable(template.spec.registryRef.name);
      requireHeld(template, rivals);
      const desired = desiredTemplate(template, partitionOf(registry.spec.region).id);
      const { templates } = await access.connect(registry);
      return reconcileExternal(template, externalTemplate(template, desired, templates));
    },
    async finalize(template) {
      const connection = await toDelete(template, access, rivals);
      const prefix = prefixOf(template);
      const live = await connection?.templates.describe(prefix);
      const region = rivals.registries.get(template.spec.registryRef.name)?.spec.region ?? '';
      if (live && isOwn(template, live, isAsDeclared(template, live, region))) {
        await connection?.templates.delete(prefix);
      }
      return 'released';
    },
  };
}

/** A spec that makes no sense declares nothing. */
function isAsDeclared(template: RepositoryCreationTemplate, live: LiveTemplate, region: string): boolean {
  try {
    const desired = desiredTemplate(template, partitionOf(region).id);
    return planTemplate(desired, { live }, { anyKey: true }).length === 0;
  } catch (error) {
    if (error instanceof TerminalError) return false;
    throw error;
  }
}

function externalTemplate(
  template: RepositoryCreationTemplate,
  desired: CreationTemplate,
  templates: TemplateApi,
): ExternalResource<ObservedTemplate, TemplateAction, Fields> {
  const observeOnly = template.spec.mode === 'Observe';
  const redeclared = template.status?.declaredHash !== contentHash(desired);
  return {
    observeOnly,
    redeclared,
    observe: async () => ({ live: await templates.describe(desired.prefix) }),
    plan: (observed) => {
      const kept = planTemplate(desired, observed, { anyKey: true });
      if (observeOnly) return kept;
      requireAdoption(template, observed, kept.length === 0);
      return redeclared ? planTemplate(desired, observed) : kept;
    },
    // Nothing is claimed by a pass that fails.
    essential: () => true,
    apply: (action) => applyTemplateAction(templates, action),
    describe: (action, observed) => describeTemplateAction(action, observed, observeOnly ? 'to do' : 'done'),
    status: ({ live }) => ({
      prefix: desired.prefix,
      ...(live ? timesOf(live) : {}),
      ...(observeOnly ? {} : { declaredHash: contentHash(desired) }),
    }),
  };
}

function requireAdoption(
  template: RepositoryCreationTemplate,
  { live }: ObservedTemplate,
  isSame: boolean,
): void {
  if (!live || template.spec.adoption !== 'Never' || isOwn(template, live, isSame)) return;
  throw new TerminalError(
    'TemplateExists',
    `ECR has a repository creation template ${live.prefix} already, and adoption: Never leaves it alone: choose IfExists to take it over, or another prefix`,
  );
}
