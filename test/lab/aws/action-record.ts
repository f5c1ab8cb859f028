import { createHash } from 'node:crypto';
import type { Input } from './parameters.ts';
import { wildcardMatches } from './policy-document.ts';

/** One call that reached the simulator with valid credentials. */
export interface RecordedAction {
  readonly time: Date;
  /** The registry's account; the caller's own where a call has no registry. */
  readonly accountId: string;
  readonly region: string;
  readonly principalArn: string;
  /** As IAM writes it: `ecr:CreateRepository`, `sts:AssumeRole`. */
  readonly action: string;
  /** `*` for calls on no resource; the first of `resources`. */
  readonly resource: string;
  readonly resources: readonly string[];
  readonly params: Input;
  /** Of the session policy that AssumeRole was given, or that the caller's session has; see `policyHash`. */
  readonly policyHash: string | undefined;
  /** `ok`, or the error's name; `lost` when a fault swallowed the answer of a call that was carried out. */
  readonly result: string;
}

export type ActionListener = (action: RecordedAction) => void | Promise<void>;

/** How often one thing was asked for, whatever came of it. */
export interface Tally {
  readonly action: string;
  readonly accountId: string;
  readonly region: string;
  /** The role of AssumeRole and AssumeRoleWithWebIdentity; absent for the others. */
  readonly roleArn?: string;
  /** As in the record. */
  readonly policyHash?: string;
  readonly calls: number;
}

/** Everything that was asked of AWS, in order. */
export interface ActionRecord {
  all(): readonly RecordedAction[];
  /** Calls that change something. */
  writes(): readonly RecordedAction[];
  /** How often an action was called, whatever came of it. */
  count(action: string): number;
  /**
   * How often each action was called, or called on one resource, given by its ARN. Both counts go on when single calls
   * are no longer kept, and cost the same at any number of calls.
   */
  counts(resource?: string): Readonly<Record<string, number>>;
  /** Keeps only this many of the newest calls from now on, for runs of hundreds of thousands; the counts stay whole. */
  keep(calls: number): void;
  /**
   * Calls by action, account, region, assumed role and session policy, in order of the first one: a registry token for
   * each scope is `tally('ecr:GetAuthorizationToken')` with 1 in every `calls`. `*` and `?` are wildcards.
   */
  tally(action?: string): readonly Tally[];
  clear(): void;
  /**
   * Called after the state changed and before the answer is sent, which waits for the listener's promise: a test can
   * stop the operator between the two. Returns what takes the listener off.
   */
  onAction(listener: ActionListener): () => void;
}

/** The side that the simulator writes to. */
export interface ActionLog extends ActionRecord {
  append(action: RecordedAction): Promise<void>;
}

const READS = /^(Describe|Get|List|BatchGet|BatchCheck|Validate|AssumeRole)/;

/** Secrets never enter the record. */
const SECRET_PARAMETERS: ReadonlySet<string> = new Set(['WebIdentityToken', 'TokenCode']);

/** An empty record. */
export function createActionLog(): ActionLog {
  const actions: RecordedAction[] = [];
  const counted = createCounts();
  let kept = Number.POSITIVE_INFINITY;
  const listeners = new Set<ActionListener>();
  return {
    all: () => [...actions],
    writes: () => actions.filter((one) => isWrite(one.action)),
    count: (action) => counted.all.get(action) ?? 0,
    counts: (resource) => Object.fromEntries(counted.of(resource)),
    keep: (calls) => {
      kept = calls;
    },
    tally: (action = '*') => tallied(actions.filter((one) => wildcardMatches(action, one.action, 'i'))),
    clear() {
      actions.splice(0);
      counted.clear();
    },
    onAction(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async append(action) {
      actions.push(action);
      // Seldom enough that moving the others up costs nothing.
      if (actions.length > 2 * kept + 100) actions.splice(0, actions.length - kept);
      counted.add(action);
      for (const listener of listeners) await listener(action);
    },
  };
}

type ActionCounts = Map<string, number>;

interface Counts {
  readonly all: ActionCounts;
  of(resource: string | undefined): ReadonlyMap<string, number>;
  add(action: RecordedAction): void;
  clear(): void;
}

function createCounts(): Counts {
  const all: ActionCounts = new Map();
  const byResource = new Map<string, ActionCounts>();
  const raise = (counts: ActionCounts, action: string): void =>
    void counts.set(action, (counts.get(action) ?? 0) + 1);
  return {
    all,
    of: (resource) => (resource === undefined ? all : (byResource.get(resource) ?? new Map())),
    add({ action, resources }) {
      raise(all, action);
      for (const resource of resources) {
        const counts = byResource.get(resource) ?? new Map();
        byResource.set(resource, counts);
        raise(counts, action);
      }
    },
    clear() {
      all.clear();
      byResource.clear();
    },
  };
}

function tallied(actions: readonly RecordedAction[]): readonly Tally[] {
  const tallies = new Map<string, Tally>();
  for (const { action, accountId, region, resource, policyHash: hash } of actions) {
    const one = {
      action,
      accountId,
      region,
      ...(action.startsWith('sts:AssumeRole') ? { roleArn: resource } : {}),
      ...(hash === undefined ? {} : { policyHash: hash }),
    };
    const key = JSON.stringify(one);
    tallies.set(key, { ...one, calls: (tallies.get(key)?.calls ?? 0) + 1 });
  }
  return [...tallies.values()];
}

/** Twelve hexadecimal digits that stand for the text of a session policy. */
export function policyHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** True for actions that change something. */
export function isWrite(action: string): boolean {
  return !READS.test(action.split(':')[1] ?? action);
}

/** A copy without what must not be kept. */
export function withoutSecrets(params: Input): Input {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, SECRET_PARAMETERS.has(name) ? '(removed)' : value]),
  );
}
