/**
 * What an operation throws to answer with an AWS error. Anything else thrown is a fault of the simulator and answers
 * 500.
 */
export class AwsError extends Error {
  override readonly name: string;
  /** HTTP status of the answer. */
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** ECR's wording for every refused parameter, as quoted in public issues (jenkins-x/jx#1344, aws-dotnet-deploy#549). */
export function invalidParameter(parameter: string, constraint: string): AwsError {
  return new AwsError(
    'InvalidParameterException',
    `Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`,
  );
}

/** Wording as in moto and in public issues (actions/starter-workflows#2647). */
export function repositoryNotFound(name: string, registryId: string): AwsError {
  return new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${registryId}'`,
  );
}

/** AWS's wording; `because` is its tail, such as "no identity-based policy allows the ecr:CreateRepository action". */
export function accessDenied(arn: string, action: string, resource: string, because: string): AwsError {
  return new AwsError(
    'AccessDeniedException',
    `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
  );
}

/** The quota error, in the words of the service's own description of it. */
export function limitExceeded(): AwsError {
  return new AwsError(
    'LimitExceededException',
    'The operation did not succeed because it would have exceeded a service limit for your account. For more information, see Amazon ECR service quotas in the Amazon Elastic Container Registry User Guide.',
  );
}
