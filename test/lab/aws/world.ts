import type { ActionLog } from './action-record.ts';
import type { Caller } from './callers.ts';
import type { FaultTable } from './faults.ts';
import type { Identity } from './identity.ts';
import type { OperatorRecord } from './operator-record.ts';
import type { Input, Output } from './parameters.ts';
import type { Registry } from './registry-state.ts';
import type { RegistryTokens } from './registry-tokens.ts';
import type { SimulatorClock } from './simulator-clock.ts';

/** How long the API takes to answer. */
export interface Pace {
  latencyMs: number;
}

/** Everything that the operations share. */
export interface World {
  readonly clock: SimulatorClock;
  readonly identity: Identity;
  readonly tokens: RegistryTokens;
  readonly faults: FaultTable;
  readonly log: ActionLog;
  readonly operatorRecord: OperatorRecord;
  readonly pace: Pace;
  /** The registry of an account in a region; made on first use, as in AWS. */
  registry(accountId: string, region: string): Registry;
  /** The registry of an account at ECR Public. */
  publicRegistry(accountId: string): Registry;
  /** All of them, those at ECR Public too. */
  registries(): readonly Registry[];
}

/** One call on its way. */
export interface OperationContext {
  readonly world: World;
  readonly caller: Caller;
  readonly region: string;
  /** The registry that the call is on: `registryId`'s, else the caller's own. */
  readonly registry: Registry;
}

/** Carries a call out and returns the answer; throws AwsError to refuse it. */
export type Operation = (context: OperationContext, input: Input) => Output;

/** Operations by their name in the service model. */
export type OperationTable = Readonly<Record<string, Operation>>;
