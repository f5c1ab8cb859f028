import { invalidParameter } from '../aws-error.ts';
import { type Input, requiredString } from '../parameters.ts';

const LONGEST = 10_240;

/** The policy that a call brings, of a repository or a registry; throws where it is too long. */
export function policyTextOf(input: Input): string {
  const text = requiredString(input, 'policyText');
  if (text.length <= LONGEST) return text;
  throw invalidParameter('policyText', `Member must have length less than or equal to ${LONGEST}`);
}
