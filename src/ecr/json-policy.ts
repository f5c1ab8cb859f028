import { canonical, canonicalSet, isObject, type Json, listOf, sameMeaning } from './json-document.ts';

/**
 * Whether two IAM policy documents mean the same. Order, a scalar for a list of one, an account id for its root ARN,
 * the case of actions, and JSON style have no meaning; Sid, Effect and Version have.
 * Source: IAM JSON policy grammar; ecr.md 4.1. Unreadable live text equals nothing.
 */
export function samePolicy(desired: string, live: string, field: string): boolean {
  return sameMeaning({ desired, live, field }, policyMeaning);
}

function policyMeaning(document: { readonly [key: string]: Json }): string {
  const { Statement, Version = '2008-10-17', ...rest } = document;
  return canonical({ ...rest, Version, Statement: listOf(Statement).map(statementMeaning).sort() });
}

/** Equal text for statements that mean the same, as {@link samePolicy} has it. */
export function statementMeaning(statement: Json): string {
  return canonical(isObject(statement) ? meaningOf(statement) : statement);
}

function meaningOf(statement: { readonly [key: string]: Json }): Json {
  const result: Record<string, Json> = {};
  for (const [name, value] of Object.entries(statement)) {
    if (name === 'Action' || name === 'NotAction') result[name] = canonicalSet(listOf(value).map(lowerCase));
    else if (name === 'Resource' || name === 'NotResource') result[name] = canonicalSet(listOf(value));
    else if (name === 'Principal' || name === 'NotPrincipal') result[name] = principalMeaning(value);
    else if (name === 'Condition') result[name] = conditionMeaning(value);
    else result[name] = value;
  }
  return result;
}

function lowerCase(action: Json): Json {
  return typeof action === 'string' ? action.toLowerCase() : action;
}

function principalMeaning(principal: Json): Json {
  // "*" and {"AWS": "*"} are the same to resource policies.
  const byType = isObject(principal) ? principal : { AWS: principal };
  return mapMembers(byType, (type, values) =>
    canonicalSet(listOf(values).map((value) => (type === 'AWS' ? accountMeaning(value) : value))),
  );
}

function accountMeaning(principal: Json): Json {
  if (typeof principal !== 'string') return principal;
  return /^arn:aws[\w-]*:iam::(\d{12}):root$/.exec(principal)?.[1] ?? principal;
}

function conditionMeaning(condition: Json): Json {
  if (!isObject(condition)) return condition;
  return mapMembers(condition, (_operator, keys) =>
    // Condition keys are case-insensitive.
    isObject(keys)
      ? mapMembers(keys, (_key, values) => canonicalSet(listOf(values).map(String)), lowerKey)
      : keys,
  );
}

function lowerKey(key: string): string {
  return key.toLowerCase();
}

function mapMembers(
  object: { readonly [key: string]: Json },
  map: (key: string, value: Json) => Json,
  rename: (key: string) => string = (key) => key,
): Json {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [rename(key), map(key, value)]));
}
