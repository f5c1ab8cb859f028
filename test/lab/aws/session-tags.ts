import { AwsError, accessDenied } from './aws-error.ts';
import type { Caller, SessionTags } from './callers.ts';
import { type Input, optionalString } from './parameters.ts';
import { refusal } from './policy-evaluation.ts';

const MOST = 50;
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * The tags of a new session: those asked for, and those that stay from the caller's own session. Bounds are from the
 * service model of STS; the words for tags that contradict each other were not found out.
 */
export function sessionTags(input: Input, caller: Caller, roleArn: string): SessionTags {
  const asked = tagsAskedFor(input);
  const transitive = list(input, 'TransitiveTagKeys.member.', '');
  if (asked.length > 0) requireTagSession(caller, roleArn);
  const keys = asked.map(([key]) => key.toLowerCase());
  if (new Set(keys).size < keys.length) {
    throw refused('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  if (!transitive.every((key) => keys.includes(key.toLowerCase()))) {
    throw refused('The specified transitive tag key must be included in the requested tags.');
  }
  const kept = stayingTags(caller);
  const overridden = Object.keys(kept).find((key) => keys.includes(key.toLowerCase()));
  if (overridden !== undefined) {
    throw refused(
      `One of the specified transitive tag keys can't be set because it conflicts with ${overridden}.`,
    );
  }
  return {
    values: { ...kept, ...Object.fromEntries(asked) },
    transitive: [...Object.keys(kept), ...transitive],
  };
}

function stayingTags({ sessionTags: tags }: Caller): Readonly<Record<string, string>> {
  const staying = Object.entries(tags?.values ?? {}).filter(([key]) => tags?.transitive.includes(key));
  return Object.fromEntries(staying);
}

function tagsAskedFor(input: Input): readonly (readonly [string, string])[] {
  const keys = list(input, 'Tags.member.', '.Key');
  if (keys.length > MOST) {
    throw invalid('tags', `Member must have length less than or equal to ${MOST}`);
  }
  return keys.map((key, index) => {
    const value = optionalString(input, `Tags.member.${index + 1}.Value`) ?? '';
    checkText(key, 128, `tags.${index + 1}.member.key`);
    checkText(value, 256, `tags.${index + 1}.member.value`);
    return [key, value];
  });
}

function checkText(text: string, most: number, parameter: string): void {
  if (text.length > most) throw invalid(parameter, `Member must have length less than or equal to ${most}`);
  if (!TEXT.test(text)) {
    throw invalid(
      parameter,
      'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*',
    );
  }
}

/** IAM judges it besides sts:AssumeRole, and so has the trust policy to, which here is no more than a list of names. */
function requireTagSession(caller: Caller, roleArn: string): void {
  const because = refusal(caller, { action: 'sts:TagSession', resource: roleArn });
  if (because === undefined) return;
  const { message } = accessDenied(caller.arn, 'sts:TagSession', roleArn, because);
  throw new AwsError('AccessDenied', message, 403);
}

/** The Query protocol numbers the members of a list from 1. */
function list(input: Input, before: string, after: string): readonly string[] {
  const found: string[] = [];
  for (;;) {
    const value = optionalString(input, `${before}${found.length + 1}${after}`);
    if (value === undefined) return found;
    found.push(value);
  }
}

function invalid(parameter: string, text: string): AwsError {
  const words = `1 validation error detected: Value at '${parameter}' failed to satisfy constraint: ${text}`;
  return new AwsError('ValidationError', words);
}

function refused(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
