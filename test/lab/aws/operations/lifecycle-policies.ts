import { AwsError, invalidParameter } from '../aws-error.ts';
import { ruleFailure, rulesFailure } from '../lifecycle-rules.ts';
import { type Input, type Output, requiredString } from '../parameters.ts';
import { isObject } from '../policy-document.ts';
import type { Repository } from '../registry-state.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { repositoryToRead, repositoryToWrite } from './found-repository.ts';

type Lifecycle = NonNullable<Repository['lifecycle']>;

/** Operations on lifecycle policies. */
export const lifecyclePolicyOperations = {
  PutLifecyclePolicy: putLifecyclePolicy,
  GetLifecyclePolicy: getLifecyclePolicy,
  DeleteLifecyclePolicy: deleteLifecyclePolicy,
} satisfies OperationTable;

/** From the service model, LifecyclePolicyText. */
const SHORTEST = 100;
const LONGEST = 30_720;
const MOST_RULES = 50;

function putLifecyclePolicy(context: OperationContext, input: Input): Output {
  const text = lifecycleText(input);
  const repository = repositoryToWrite(context, input);
  // ECR runs a policy within a day. What it tells until then is not established: the beginning of 1970 is the case that
  // a reader has to mind.
  const lastEvaluatedAt = repository.lifecycle?.lastEvaluatedAt ?? new Date(0);
  repository.lifecycle = { text, lastEvaluatedAt };
  const { registryId, name: repositoryName } = repository;
  return { registryId, repositoryName, lifecyclePolicyText: text };
}

/** The policy of a request as ECR would keep it; throws InvalidParameterException. */
export function lifecycleText(input: Input): string {
  const text = requiredString(input, 'lifecyclePolicyText');
  if (text.length < SHORTEST) {
    throw invalidParameter(
      'lifecyclePolicyText',
      `Member must have length greater than or equal to ${SHORTEST}`,
    );
  }
  if (text.length > LONGEST) {
    throw invalidParameter('lifecyclePolicyText', `Member must have length less than or equal to ${LONGEST}`);
  }
  return normalLifecyclePolicy(text);
}

function getLifecyclePolicy(context: OperationContext, input: Input): Output {
  return answer(repositoryToRead(context, input));
}

function deleteLifecyclePolicy(context: OperationContext, input: Input): Output {
  const repository = repositoryToWrite(context, input);
  const output = answer(repository);
  repository.lifecycle = undefined;
  return output;
}

/** Checks the text; ECR returns it without white space and with its rules sorted by priority. */
export function normalLifecyclePolicy(text: string): string {
  const rules = parseRules(text);
  for (const rule of rules) refuse(ruleFailure(rule));
  refuse(rulesFailure(rules));
  const sorted = [...rules].sort((a, b) => Number(a['rulePriority']) - Number(b['rulePriority']));
  return JSON.stringify({ rules: sorted });
}

function parseRules(text: string): readonly Record<string, unknown>[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // falls through: refused below
  }
  if (!isObject(document)) throw failure('Could not map policyString into LifecyclePolicy.');
  const { rules } = document;
  if (!Array.isArray(rules)) throw failure('object has missing required properties (["rules"])');
  if (rules.length === 0)
    throw failure('array is too short: must have at least 1 elements but instance has 0 elements');
  if (rules.length > MOST_RULES) {
    throw failure(
      `array is too long: must have at most ${MOST_RULES} elements but instance has ${rules.length} elements`,
    );
  }
  return rules;
}

function refuse(reason: string | undefined): void {
  if (reason !== undefined) throw failure(reason);
}

/** As quoted in cloudposse/terraform-aws-ecr#158 and terraform-provider-aws#45909, its line break included. */
function failure(reason: string): AwsError {
  return invalidParameter('LifecyclePolicyText', `Lifecycle policy validation failure: ${reason}\n`);
}

/** The repository's policy; throws LifecyclePolicyNotFoundException. */
export function presentLifecycle({ registryId, name, lifecycle }: Repository): Lifecycle {
  if (lifecycle !== undefined) return lifecycle;
  throw new AwsError(
    'LifecyclePolicyNotFoundException',
    `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
  );
}

function answer(repository: Repository): Output {
  const { registryId, name: repositoryName } = repository;
  const lifecycle = presentLifecycle(repository);
  return {
    registryId,
    repositoryName,
    lifecyclePolicyText: lifecycle.text,
    lastEvaluatedAt: lifecycle.lastEvaluatedAt,
  };
}
