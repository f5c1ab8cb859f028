import type { Input } from './parameters.ts';

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
  /** `ok`, or the error's name; `lost` when a fault swallowed the answer of a call that was carried out. */
  readonly result: string;
}

export type ActionListener = (action: RecordedAction) => void | Promise<void>;

/** Everything that was asked of AWS, in order. */
export interface ActionRecord {
  all(): readonly RecordedAction[];
  /** Calls that change something. */
  writes(): readonly RecordedAction[];
  /** How often an action was called, whatever came of it. */
  count(action: string): number;
  clear(): void;
  /**
   * Called after the state changed and before the answer is sent, which waits for the listener's promise: a test can stop the
   * operator between the two. Returns what takes the listener off.
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
  const listeners = new Set<ActionListener>();
  return {
    all: () => [...actions],
    writes: () => actions.filter((one) => isWrite(one.action)),
    count: (action) => actions.filter((one) => one.action === action).length,
    clear: () => void actions.splice(0),
    onAction(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async append(action) {
      actions.push(action);
      for (const listener of listeners) await listener(action);
    },
  };
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
