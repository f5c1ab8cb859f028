import { AwsError, invalidParameter } from '../aws-error.ts';
import { type Input, type Output, optionalBoolean } from '../parameters.ts';
import { parsePolicy } from '../policy-document.ts';
import { refusal } from '../policy-evaluation.ts';
import { reformatPolicy } from '../policy-format.ts';
import type { Repository } from '../registry-state.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { repositoryToRead, repositoryToWrite } from './found-repository.ts';
import { policyTextOf } from './policy-text.ts';

/** Operations on repository policies. */
export const repositoryPolicyOperations = {
  SetRepositoryPolicy: setRepositoryPolicy,
  GetRepositoryPolicy: getRepositoryPolicy,
  DeleteRepositoryPolicy: deleteRepositoryPolicy,
} satisfies OperationTable;

function setRepositoryPolicy(context: OperationContext, input: Input): Output {
  const text = policyTextOf(input);
  const repository = repositoryToWrite(context, input);
  const stored = checkedPolicy(context, text);
  if (optionalBoolean(input, 'force') !== true && locksOut(context, repository, stored)) {
    // The wording is ours: none was found in public.
    throw invalidParameter(
      'PolicyText',
      'The policy would prevent the caller from setting a repository policy in the future',
    );
  }
  repository.policyText = stored;
  return answer(repository, stored);
}

function getRepositoryPolicy(context: OperationContext, input: Input): Output {
  const repository = repositoryToRead(context, input);
  return answer(repository, presentPolicy(repository));
}

function deleteRepositoryPolicy(context: OperationContext, input: Input): Output {
  const repository = repositoryToWrite(context, input);
  const text = presentPolicy(repository);
  repository.policyText = undefined;
  return answer(repository, text);
}

/** Both messages as quoted in terraform-provider-aws#39064 and terraform-aws-ecr#19. */
function checkedPolicy(context: OperationContext, text: string): string {
  const invalid = invalidParameter('PolicyText', 'Invalid repository policy provided');
  let stored: string;
  try {
    stored = reformatPolicy(text, context.region);
  } catch {
    throw invalid;
  }
  const principals = parsePolicy(stored).flatMap((statement) => {
    const named = [...statement.principals, ...statement.notPrincipals];
    if (named.length === 0) throw invalid;
    return named;
  });
  for (const principal of principals) {
    // `arn:aws:iam::ID:*` is refused too (terraform-provider-aws#3924).
    if (/^arn:[^:]+:iam::[^:]*:\*$/.test(principal)) throw invalid;
    const uniqueId = /^(AIDA|AROA)[A-Z0-9]+$/.test(principal);
    if (uniqueId || !context.world.identity.mayExist(principal)) {
      throw invalidParameter('PolicyText', 'Principal not found');
    }
  }
  return stored;
}

/** The guard that `force` switches off: could this caller still set the policy under the new one? */
function locksOut(context: OperationContext, repository: Repository, policyText: string): boolean {
  // ECR Public has the same guard, over its own action.
  const [, , service] = repository.arn.split(':');
  const request = { action: `${service}:SetRepositoryPolicy`, resource: repository.arn };
  // The caller's own policies let him in, or he would not have come this far: only the new policy's denials count.
  const { accountId, arn, principalArn } = context.caller;
  const requester = { accountId, arn, principalArn, policies: undefined, sessionPolicy: undefined };
  const verdict = refusal(requester, request, { accountId, policyText });
  return verdict !== undefined;
}

function presentPolicy(repository: Repository): string {
  if (repository.policyText !== undefined) return repository.policyText;
  throw new AwsError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the repository with name '${repository.name}' in the registry with id '${repository.registryId}'`,
  );
}

function answer(repository: Repository, policyText: string): Output {
  return { registryId: repository.registryId, repositoryName: repository.name, policyText };
}
