import { AwsError, invalidParameter } from './aws-error.ts';

/** A request's parameters as they came over the wire. */
export type Input = Readonly<Record<string, unknown>>;
/** An answer; Dates become epoch seconds, undefined members are left out. */
export type Output = Readonly<Record<string, unknown>>;

/** From the ECR service model, 2015-09-21. */
const REPOSITORY_NAME = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
/** ECR still quotes its older, narrower pattern in the message (jenkins-x/jx#1344). */
const QUOTED_NAME_PATTERN = '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*';

/** A string, or undefined where absent; another type is a SerializationException, as in AWS JSON. */
export function optionalString(input: Input, name: string): string | undefined {
  return optional(input, name, 'string') as string | undefined;
}

export function optionalBoolean(input: Input, name: string): boolean | undefined {
  return optional(input, name, 'boolean') as boolean | undefined;
}

export function optionalNumber(input: Input, name: string): number | undefined {
  return optional(input, name, 'number') as number | undefined;
}

/** A string that has to be there. */
export function requiredString(input: Input, name: string): string {
  const value = optionalString(input, name);
  if (value === undefined) throw invalidParameter(name, 'must not be null');
  return value;
}

/** A nested structure; empty where absent. */
export function structure(input: Input, name: string): Input {
  const value = input[name] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(name);
  return value as Input;
}

/** A list within its bounds; undefined where absent. */
export function optionalList(
  input: Input,
  name: string,
  bounds: { readonly min: number; readonly max: number },
): readonly unknown[] | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw wrongType(name);
  if (value.length < bounds.min) {
    throw invalidParameter(name, `Member must have length greater than or equal to ${bounds.min}`);
  }
  if (value.length > bounds.max) {
    throw invalidParameter(name, `Member must have length less than or equal to ${bounds.max}`);
  }
  return value;
}

/** The `repositoryName` parameter, checked by the model's bounds and pattern. */
export function repositoryName(input: Input): string {
  return checkedRepositoryName(requiredString(input, 'repositoryName'), 'repositoryName');
}

/** Any repository name, checked by the model's bounds and pattern. */
export function checkedRepositoryName(name: string, parameter: string): string {
  if (name.length < 2) throw invalidParameter(parameter, 'must have length greater than or equal to 2');
  if (name.length > 256) throw invalidParameter(parameter, 'must have length less than or equal to 256');
  if (!REPOSITORY_NAME.test(name)) {
    throw invalidParameter(parameter, `must satisfy regular expression '${QUOTED_NAME_PATTERN}'`);
  }
  return name;
}

/** `maxResults`, 1-1000 unless told; wording from andrey-pohilko/registry-cli#79. */
export function maxResults(input: Input, most = 1000): number | undefined {
  const value = optionalNumber(input, 'maxResults');
  if (value !== undefined && value < 1) {
    throw invalidParameter('maxResults', 'Member must have value greater than or equal to 1');
  }
  if (value !== undefined && value > most) {
    throw invalidParameter('maxResults', `Member must have value less than or equal to ${most}`);
  }
  return value;
}

/** A value of an enumeration of the model. */
export function oneOf<T extends string>(value: string, allowed: readonly T[], parameter: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) {
    throw invalidParameter(parameter, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
  }
  return found;
}

function optional(input: Input, name: string, type: string): unknown {
  const value = input[name] ?? undefined;
  if (value !== undefined && typeof value !== type) throw wrongType(name);
  return value;
}

function wrongType(name: string): AwsError {
  return new AwsError('SerializationException', `Unexpected field type at '${name}'`);
}
