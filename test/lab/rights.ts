import { parseAllDocuments } from 'yaml';
import type { AccountCall } from './account-record.ts';

/** One right of a role. */
export interface Right {
  readonly verb: string;
  /** As {@link AccountCall} has it. */
  readonly resource: string;
  /** Absent where every name is meant. */
  readonly name?: string;
  /** Absent where every namespace is meant, and what is in none. */
  readonly namespace?: string;
  /** The file that it is in. */
  readonly file: string;
}

/** A rule as it stands in a role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Role {
  readonly kind?: string;
  readonly metadata?: {
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly rules?: readonly Rule[];
}

/** Where rights stand, and the namespace that those of a Role are in where it names none itself. */
export type RightsPlace = Pick<Right, 'file' | 'namespace'>;

/** By such a label Kubernetes adds a role to one of its own: it is for people, and the operator is bound to none. */
const FOR_PEOPLE = 'rbac.authorization.k8s.io/aggregate-to-';

/** Every right of the roles in some manifests, but of those for people (pure). */
export function rightsIn(manifests: string, { file, namespace }: RightsPlace): readonly Right[] {
  return parseAllDocuments(manifests).flatMap((document) => {
    const { kind, metadata, rules = [] } = (document.toJS() ?? {}) as Role;
    if (kind !== 'ClusterRole' && kind !== 'Role') return [];
    if (Object.keys(metadata?.labels ?? {}).some((label) => label.startsWith(FOR_PEOPLE))) return [];
    const own = kind === 'Role' ? (metadata?.namespace ?? namespace) : undefined;
    const place = own === undefined ? { file } : { file, namespace: own };
    return rules.flatMap((rule) => rightsOf(rule, place));
  });
}

/** Every right of a rule, one by one (pure). */
export function rightsOf(rule: Rule, place: RightsPlace): readonly Right[] {
  const names = rule.resourceNames?.map((name) => ({ name })) ?? [{}];
  return rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((resource) =>
      names.flatMap((name) =>
        rule.verbs.map((verb) => ({ verb, resource: `${group}/${resource}`, ...name, ...place })),
      ),
    ),
  );
}

/** What differs between roles and what was done. */
export interface RightsDifference {
  /** The operator asked for it, and no role allows it. */
  readonly missing: readonly string[];
  /** A role allows it, and the operator was refused it: an apply that would make something and may not, a policy. */
  readonly denied: readonly string[];
  /** A role allows it, and nothing ever came of it. */
  readonly unused: readonly string[];
  /** Both lists side by side: a line for each right, where it stands, and whether it was used. */
  readonly table: readonly string[];
}

export interface ComparedRights {
  readonly calls: readonly AccountCall[];
  readonly rights: readonly Right[];
  /** Further names of Secrets that tests give a right to as the documentation says, for the shipped one. */
  readonly sameAs?: Readonly<Record<string, string>>;
  /** Names of Secrets that tests have the operator refused, to see what it says. */
  readonly refused?: readonly string[];
}

/** Compares both ways, right by right (pure). Two roles that allow the same are one right. */
export function comparedRights({
  calls,
  rights,
  sameAs = {},
  refused = [],
}: ComparedRights): RightsDifference {
  const isMeant = ({ name = '', outcome }: AccountCall): boolean =>
    outcome === 'denied' && refused.includes(name);
  const asked = calls
    .filter((call) => !isMeant(call))
    .map((call) => (call.name === undefined ? call : { ...call, name: sameAs[call.name] ?? call.name }));
  const { allowed = [], missing = [] } = Object.groupBy(asked, (call) =>
    rights.some((right) => allows(right, call)) ? 'allowed' : 'missing',
  );
  const rows = new Map<string, { readonly files: Set<string>; isUsed: boolean }>();
  for (const right of rights) {
    const row = rows.get(wordsOf(right)) ?? { files: new Set(), isUsed: false };
    rows.set(wordsOf(right), row);
    row.files.add(right.file);
    row.isUsed ||= asked.some((call) => call.outcome === 'ok' && allows(right, call));
  }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    missing: each(missing),
    denied: each(allowed.filter(({ outcome }) => outcome === 'denied')),
    unused: sorted.filter(([, { isUsed }]) => !isUsed).map(([words]) => words),
    table: sorted.map(
      ([words, { files, isUsed }]) =>
        `${words.padEnd(68)} ${isUsed ? 'used' : 'NOT USED'}  ${[...files].sort().join(', ')}`,
    ),
  };
}

function each(calls: readonly AccountCall[]): readonly string[] {
  return [...new Set(calls.map(wordsOf))].sort();
}

function allows(right: Right, call: AccountCall): boolean {
  if (right.verb !== call.verb || right.resource !== call.resource) return false;
  if (right.namespace !== undefined && right.namespace !== call.namespace) return false;
  return right.name === undefined || right.name === call.name;
}

function wordsOf({ verb, resource, name, namespace }: Right | AccountCall): string {
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  return `${verb} ${resource}${name === undefined ? '' : ` ${name}`}${where}`;
}
