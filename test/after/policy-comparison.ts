import type { OperatorAction } from '../lab/aws/operator-record.ts';

/** What differs between policies and what was done, as `ecr:CreateRepository repository/NAME`. */
export interface PolicyDifference {
  /** The operator, or a pull with its token, asked for it, and no policy allows it. */
  readonly missing: readonly string[];
  /** A policy allows it, and nothing ever came of it. */
  readonly unused: readonly string[];
  /** Said to stand behind another action, though AWS was asked for it itself. */
  readonly notBehind: readonly string[];
}

export interface Compared {
  readonly recorded: readonly OperatorAction[];
  /** What the policies allow, in the same form. */
  readonly allowed: readonly string[];
  /** Actions that AWS demands behind those that are called: nobody can record them. */
  readonly behind: readonly string[];
}

/** AWS asks for no permission: API reference of STS, GetCallerIdentity. */
const FREE = 'sts:GetCallerIdentity';

/** Compares both ways, action by action and resource by resource (pure). */
export function compared({ recorded, allowed, behind }: Compared): PolicyDifference {
  const asked = recorded.filter(({ action }) => action !== FREE);
  const wordsOf = ({ action, form }: OperatorAction): string => `${action} ${form}`;
  const used = new Set(asked.filter(({ outcome }) => outcome === 'ok').map(wordsOf));
  const isBehind = (words: string): boolean => behind.includes(words.split(' ')[0] ?? '');
  return {
    missing: sorted(asked.map(wordsOf).filter((words) => !allowed.includes(words))),
    unused: sorted(allowed.filter((words) => !used.has(words) && !isBehind(words))),
    notBehind: sorted([...used].filter(isBehind)),
  };
}

function sorted(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}
