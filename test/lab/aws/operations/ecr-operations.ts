import type { OperationTable } from '../world.ts';
import { accountSettingOperations } from './account-settings.ts';
import { authorizationOperations } from './authorization.ts';
import { creationTemplateOperations } from './creation-templates.ts';
import { imagePushOperations } from './image-push.ts';
import { imageScanOperations } from './image-scans.ts';
import { imageOperations } from './images.ts';
import { lifecyclePolicyOperations } from './lifecycle-policies.ts';
import { lifecyclePreviewOperations } from './lifecycle-previews.ts';
import { cacheRuleOperations } from './pull-through-cache-rules.ts';
import { registryPolicyOperations } from './registry-policies.ts';
import { registryRuleOperations } from './registry-rules.ts';
import { replicationBackfillOperations } from './replication-backfills.ts';
import { repositoryOperations } from './repositories.ts';
import { repositoryPolicyOperations } from './repository-policies.ts';
import { repositorySettingOperations } from './repository-settings.ts';
import { tagOperations } from './tags.ts';

/** Every ECR operation that the simulator knows. */
export const ECR_OPERATIONS: OperationTable = {
  ...accountSettingOperations,
  ...authorizationOperations,
  ...cacheRuleOperations,
  ...creationTemplateOperations,
  ...imageOperations,
  ...imagePushOperations,
  ...imageScanOperations,
  ...lifecyclePolicyOperations,
  ...lifecyclePreviewOperations,
  ...registryPolicyOperations,
  ...registryRuleOperations,
  ...replicationBackfillOperations,
  ...repositoryOperations,
  ...repositoryPolicyOperations,
  ...repositorySettingOperations,
  ...tagOperations,
};
