import { invalidParameter } from './aws-error.ts';
import { isObject, listOf } from './policy-document.ts';

export interface FilterRule {
  readonly parameter: string;
  readonly type: string;
  /** From the service model. */
  readonly pattern: RegExp;
}

/** The `{ filter, filterType }` of a request, checked. */
export function filtersOf(
  raw: unknown,
  { parameter, type, pattern }: FilterRule,
): { readonly filter: string; readonly filterType: string }[] {
  return listOf(raw).map((one) => {
    const { filter, filterType } = isObject(one) ? one : {};
    if (filterType !== type) {
      throw invalidParameter(`${parameter}.filterType`, `Member must satisfy enum value set: [${type}]`);
    }
    if (typeof filter !== 'string' || !pattern.test(filter)) {
      throw invalidParameter(`${parameter}.filter`, `must satisfy regular expression '${pattern.source}'`);
    }
    return { filter, filterType };
  });
}
