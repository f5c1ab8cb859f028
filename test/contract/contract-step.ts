import type { ECR } from '@aws-sdk/client-ecr';
import type { STS } from '@aws-sdk/client-sts';

/** Where the script runs: the simulator, moto, or the real thing. */
export interface Target {
  readonly ecr: ECR;
  readonly sts: STS;
}

/** One call; steps build on each other, so their order matters. */
export interface Step {
  readonly name: string;
  readonly run: (target: Target) => Promise<object>;
}

/** The role that the script assumes. */
export const CONTRACT_ROLE = 'arn:aws:iam::123456789012:role/contract';

/** The web identity token that opens it. */
export const CONTRACT_IDENTITY = 'contract-identity';

/** The repositories of the script. */
export const A = { repositoryName: 'contract/a' };
export const FULL = { repositoryName: 'contract/full' };
export const MISSING = { repositoryName: 'contract/missing' };
export const arnOf = (name: string): string => `arn:aws:ecr:us-east-1:123456789012:repository/${name}`;

/** A step on ECR. */
export function ecr(name: string, call: (on: ECR) => Promise<object>): Step {
  return { name, run: (target) => call(target.ecr) };
}
