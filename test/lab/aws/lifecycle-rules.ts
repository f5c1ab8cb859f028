import { isObject } from './policy-document.ts';

type Rule = Readonly<Record<string, unknown>>;

/** Returns the failure, in ECR's words where they are known, or undefined for a rule that fits. */
type Check = (rule: Rule, selection: Rule, action: Rule) => string | undefined;

const RULE_KEYS = ['rulePriority', 'description', 'selection', 'action'];
const SELECTION_KEYS = [
  ...[
    'tagStatus',
    'tagPatternList',
    'tagPrefixList',
    'countType',
    'countUnit',
    'countNumber',
    'storageClass',
  ],
];
const ACTION_KEYS = ['type', 'targetStorageClass'];
const SINCE = ['sinceImagePushed', 'sinceImagePulled', 'sinceImageTransitioned'];
const COUNT_TYPES = ['imageCountMoreThan', ...SINCE];

/** Quoted in cloudposse/terraform-aws-ecr#158; the server validates by alternatives and names none of them. */
const NO_SCHEMA = 'instance failed to match exactly one schema (matched 0 out of 2)';

/** Ordered: the first failure is the answer. The sources of the rules are in ecr.md 4.2. */
const CHECKS: readonly Check[] = [
  (rule) => keys(rule, ['rulePriority', 'selection', 'action'], RULE_KEYS),
  (_rule, selection) => keys(selection, ['tagStatus', 'countType', 'countNumber'], SELECTION_KEYS),
  (_rule, _selection, action) => keys(action, ['type'], ACTION_KEYS),
  (rule, selection, action) =>
    [rule, selection, action].some((one) => Object.values(one).includes(null)) ? NO_SCHEMA : undefined,
  (rule) => minimum(rule['rulePriority'], 1),
  (_rule, selection) => memberOf(selection['tagStatus'], ['any', 'tagged', 'untagged']),
  (_rule, selection) => (COUNT_TYPES.includes(String(selection['countType'])) ? undefined : NO_SCHEMA),
  (_rule, selection) => minimum(selection['countNumber'], 1),
  (_rule, selection) => tagListsFit(selection),
  (_rule, selection) => countUnitFits(selection),
  (_rule, _selection, action) => memberOf(action['type'], ['expire', 'transition']),
  (_rule, _selection, action) => targetFits(action),
  (_rule, selection, action) => storageClassFits(selection, action),
];

/** Checks one rule; undefined when ECR would take it. */
export function ruleFailure(raw: unknown): string | undefined {
  if (!isObject(raw))
    return 'instance type (string) does not match any allowed primitive type (allowed: ["object"])';
  const selection = isObject(raw['selection']) ? raw['selection'] : {};
  const action = isObject(raw['action']) ? raw['action'] : {};
  for (const check of CHECKS) {
    const failure = check(raw, selection, action);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/**
 * Checks what holds between rules: priorities are unique; within a storage class `any` comes last, one rule at most is
 * for untagged images, and no two have the same tags (user guide, "Lifecycle policy evaluation rules"; the words are
 * ours).
 */
export function rulesFailure(rules: readonly Rule[]): string | undefined {
  const priorities = rules.map((rule) => Number(rule['rulePriority']));
  if (new Set(priorities).size < priorities.length) return 'Rule priorities must be unique';
  const selected = rules.map(selectionOf).filter((one) => one['tagStatus'] !== 'any');
  if (new Set(selected.map(selectionKey)).size < selected.length) {
    return 'Rules of one storage class must not select the same tags, nor untagged images twice';
  }
  for (const rule of rules.filter((one) => selectionOf(one)['tagStatus'] === 'any')) {
    const sameClass = rules.filter(
      (one) => selectionOf(one)['storageClass'] === selectionOf(rule)['storageClass'],
    );
    const highest = Math.max(...sameClass.map((one) => Number(one['rulePriority'])));
    if (Number(rule['rulePriority']) < highest)
      return 'A rule with tagStatus any must have the highest rulePriority';
  }
  return undefined;
}

function selectionOf(rule: Rule): Rule {
  return rule['selection'] as Rule;
}

function selectionKey(selection: Rule): string {
  const { storageClass, tagStatus, tagPatternList, tagPrefixList } = selection;
  const lists = [tagPatternList, tagPrefixList].map((list) => (Array.isArray(list) ? list.toSorted() : []));
  return JSON.stringify([storageClass, tagStatus, lists]);
}

function keys(value: Rule, required: readonly string[], allowed: readonly string[]): string | undefined {
  const missing = required.filter((key) => value[key] === undefined).sort();
  if (missing.length > 0) return `object has missing required properties (${JSON.stringify(missing)})`;
  const foreign = Object.keys(value).filter((key) => !allowed.includes(key));
  if (foreign.length === 0) return undefined;
  return `object instance has properties which are not allowed by the schema: (${JSON.stringify(foreign)})`;
}

function minimum(value: unknown, least: number): string | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return `instance type (${typeof value}) does not match any allowed primitive type (allowed: ["integer"])`;
  }
  if (value >= least) return undefined;
  return `numeric instance is lower than the required minimum (minimum: ${least}, found: ${value})`;
}

function memberOf(value: unknown, allowed: readonly string[]): string | undefined {
  if (allowed.includes(String(value))) return undefined;
  return `instance value (${JSON.stringify(value)}) not found in enum (possible values: ${JSON.stringify(allowed)})`;
}

function tagListsFit(selection: Rule): string | undefined {
  const lists = [selection['tagPatternList'], selection['tagPrefixList']].filter(
    (list) => list !== undefined,
  );
  if (selection['tagStatus'] !== 'tagged') return lists.length > 0 ? NO_SCHEMA : undefined;
  const entries: unknown = lists[0];
  if (lists.length !== 1 || !Array.isArray(entries) || entries.length === 0) return NO_SCHEMA;
  const overfull = entries.some((one) => typeof one !== 'string' || one === '' || one.split('*').length > 5);
  return overfull ? NO_SCHEMA : undefined;
}

function countUnitFits(selection: Rule): string | undefined {
  const unit = selection['countUnit'];
  const needed = SINCE.includes(String(selection['countType']));
  if (needed) return unit === 'days' ? undefined : NO_SCHEMA;
  return unit === undefined ? undefined : NO_SCHEMA;
}

function targetFits(action: Rule): string | undefined {
  const wanted = action['type'] === 'transition' ? 'archive' : undefined;
  return action['targetStorageClass'] === wanted ? undefined : NO_SCHEMA;
}

/** An explicit `standard` was reported refused (cloudposse PR#159): the simulator takes the stricter side. */
function storageClassFits(selection: Rule, action: Rule): string | undefined {
  const transitioned = selection['countType'] === 'sinceImageTransitioned';
  const expected = transitioned ? 'archive' : undefined;
  if (selection['storageClass'] !== expected) return NO_SCHEMA;
  if (transitioned && (action['type'] !== 'expire' || Number(selection['countNumber']) < 90))
    return NO_SCHEMA;
  const pulled = selection['countType'] === 'sinceImagePulled';
  return pulled && action['type'] !== 'transition' ? NO_SCHEMA : undefined;
}
