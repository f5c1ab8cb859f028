import type { AccountCall } from '../lab/account-record.ts';

/** One right of a shipped role. */
export interface Right {
  readonly verb: string;
  /** As {@link AccountCall} has it. */
  readonly resource: string;
  /** Absent where every name is meant. */
  readonly name?: string;
  /** In the operator's own namespace only. */
  readonly isOwn: boolean;
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

/** Every right of a rule, one by one (pure). */
export function rightsOf(rule: Rule, where: Pick<Right, 'isOwn' | 'file'>): readonly Right[] {
  const names = rule.resourceNames?.map((name) => ({ name })) ?? [{}];
  return rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((resource) =>
      names.flatMap((name) =>
        rule.verbs.map((verb) => ({ verb, resource: `${group}/${resource}`, ...name, ...where })),
      ),
    ),
  );
}

/** What differs between the shipped roles and what was done. */
export interface RightsDifference {
  /** The operator asked for it, and no role allows it. */
  readonly missing: readonly string[];
  /** A role allows it, and nothing ever came of it. */
  readonly unused: readonly string[];
  /** Both lists side by side: a line for each right, where it is shipped, and whether it was used. */
  readonly table: readonly string[];
}

export interface ComparedRights {
  readonly calls: readonly AccountCall[];
  readonly rights: readonly Right[];
  /** Further names of Secrets that tests give a right to as the documentation says, for the shipped one. */
  readonly sameAs: Readonly<Record<string, string>>;
  /** Names of Secrets that tests have the operator refused, to see what it says. */
  readonly refused: readonly string[];
}

/** Compares both ways, right by right (pure). Two roles that allow the same are one right. */
export function comparedRights({ calls, rights, sameAs, refused }: ComparedRights): RightsDifference {
  const isMeant = ({ name = '', outcome }: AccountCall): boolean =>
    outcome === 'denied' && refused.includes(name);
  const asked = calls
    .filter((call) => !isMeant(call))
    .map((call) => (call.name === undefined ? call : { ...call, name: sameAs[call.name] ?? call.name }));
  const missing = asked.filter((call) => !rights.some((right) => allows(right, call)));
  const rows = new Map<string, { readonly files: Set<string>; isUsed: boolean }>();
  for (const right of rights) {
    const row = rows.get(wordsOf(right)) ?? { files: new Set(), isUsed: false };
    rows.set(wordsOf(right), row);
    row.files.add(right.file);
    row.isUsed ||= asked.some((call) => call.outcome === 'ok' && allows(right, call));
  }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    missing: [...new Set(missing.map(wordsOf))].sort(),
    unused: sorted.filter(([, { isUsed }]) => !isUsed).map(([words]) => words),
    table: sorted.map(
      ([words, { files, isUsed }]) =>
        `${words.padEnd(68)} ${isUsed ? 'used' : 'NOT USED'}  ${[...files].sort().join(', ')}`,
    ),
  };
}

function allows(right: Right, call: AccountCall): boolean {
  if (right.verb !== call.verb || right.resource !== call.resource) return false;
  if (right.isOwn && !call.isOwn) return false;
  return right.name === undefined || right.name === call.name;
}

function wordsOf({ verb, resource, name, isOwn }: Right | AccountCall): string {
  return `${verb} ${resource}${name === undefined ? '' : ` ${name}`}${isOwn ? ' (own namespace)' : ''}`;
}
