import { canonical, canonicalSet, isObject, type Json, listOf, sameMeaning } from './json-document.ts';

/**
 * Whether two lifecycle policies mean the same. ECR sorts rules by priority; the order of tags, empty lists and
 * JSON style have no meaning. Source: ecr.md 4.2. Unreadable live text equals nothing.
 */
export function sameLifecycle(desired: string, live: string, field: string): boolean {
  return sameMeaning({ desired, live, field }, lifecycleMeaning);
}

function lifecycleMeaning(document: { readonly [key: string]: Json }): string {
  const rules = listOf(document['rules']).map((rule) => (isObject(rule) ? ruleMeaning(rule) : rule));
  return canonical({ ...document, rules: rules.map(canonical).sort() });
}

function ruleMeaning(rule: { readonly [key: string]: Json }): Json {
  const selection = rule['selection'];
  return isObject(selection) ? { ...rule, selection: selectionMeaning(selection) } : rule;
}

function selectionMeaning(selection: { readonly [key: string]: Json }): Json {
  const result: Record<string, Json> = {};
  for (const [name, value] of Object.entries(selection)) {
    if (name === 'tagPrefixList' || name === 'tagPatternList') {
      if (listOf(value).length > 0) result[name] = canonicalSet(listOf(value));
    } else if (name === 'countNumber') {
      result[name] = Number(value);
    } else if (name !== 'storageClass' || value !== 'standard') {
      result[name] = value;
    }
  }
  return result;
}
