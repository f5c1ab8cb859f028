import type { OperationTable } from '../world.ts';
import { authorizationOperations } from './authorization.ts';
import { imagePushOperations } from './image-push.ts';
import { imageScanOperations } from './image-scans.ts';
import { imageOperations } from './images.ts';
import { lifecyclePolicyOperations } from './lifecycle-policies.ts';
import { lifecyclePreviewOperations } from './lifecycle-previews.ts';
import { repositoryOperations } from './repositories.ts';
import { repositoryPolicyOperations } from './repository-policies.ts';
import { repositorySettingOperations } from './repository-settings.ts';
import { tagOperations } from './tags.ts';

/** Every ECR operation that the simulator knows. */
export const ECR_OPERATIONS: OperationTable = {
  ...authorizationOperations,
  ...imageOperations,
  ...imagePushOperations,
  ...imageScanOperations,
  ...lifecyclePolicyOperations,
  ...lifecyclePreviewOperations,
  ...repositoryOperations,
  ...repositoryPolicyOperations,
  ...repositorySettingOperations,
  ...tagOperations,
};
