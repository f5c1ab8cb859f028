import { AwsError, invalidParameter } from '../aws-error.ts';
import type { Input, Output } from '../parameters.ts';
import { parsePolicy } from '../policy-document.ts';
import { reformatPolicy } from '../policy-format.ts';
import type { Registry } from '../registry-state.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { policyTextOf } from './policy-text.ts';

/** Operations on the policy of a registry. */
export const registryPolicyOperations = {
  PutRegistryPolicy: putRegistryPolicy,
  GetRegistryPolicy: getRegistryPolicy,
  DeleteRegistryPolicy: deleteRegistryPolicy,
} satisfies OperationTable;

function putRegistryPolicy(context: OperationContext, input: Input): Output {
  const text = policyTextOf(input);
  const { registry } = context;
  registry.wide.policyText = checkedPolicy(context, text);
  return answer(registry, registry.wide.policyText);
}

function getRegistryPolicy({ registry }: OperationContext): Output {
  return answer(registry, presentPolicy(registry));
}

function deleteRegistryPolicy({ registry }: OperationContext): Output {
  const text = presentPolicy(registry);
  registry.wide.policyText = undefined;
  return answer(registry, text);
}

/** With the scope V1, it may speak of these alone (user guide, "Private registry permissions"). */
const ACTIONS_OF_V1 = ['ecr:createrepository', 'ecr:replicateimage', 'ecr:batchimportupstreamimage'];

/** Both messages as moto has them; that each statement needs a Resource is in ecr.md 4.1. */
function checkedPolicy({ world, region, registry }: OperationContext, text: string): string {
  const invalid = invalidParameter('PolicyText', 'Invalid registry policy provided');
  let stored: string;
  try {
    stored = reformatPolicy(text, region);
  } catch {
    throw invalid;
  }
  const isOld = registry.wide.accountSettings.get('REGISTRY_POLICY_SCOPE') === 'V1';
  for (const { principals, resources, actions } of parsePolicy(stored)) {
    if (principals.length === 0 || resources.length === 0) throw invalid;
    const isWider = actions.some((action) => !ACTIONS_OF_V1.includes(action.toLowerCase()));
    if (isOld && isWider) throw invalid;
    const isUnknown = (name: string): boolean =>
      /^(AIDA|AROA)[A-Z0-9]+$/.test(name) || !world.identity.mayExist(name);
    if (principals.some(isUnknown)) throw invalidParameter('PolicyText', 'Principal not found');
  }
  return stored;
}

function presentPolicy({ accountId, wide }: Registry): string {
  if (wide.policyText !== undefined) return wide.policyText;
  throw new AwsError(
    'RegistryPolicyNotFoundException',
    `Registry policy does not exist in the registry with id '${accountId}'`,
  );
}

function answer({ accountId }: Registry, policyText: string): Output {
  return { registryId: accountId, policyText };
}
