import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ECRPUBLICClient } from '@aws-sdk/client-ecr-public';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { type CallBudget, type CallLane, type CallRates, createCallBudget } from './call-budget.ts';
import { type AccountRegion, placeKey } from './partition.ts';

export interface CallBudgetsOptions extends Pick<Clock, 'now'>, Partial<Pick<Clock, 'after'>> {
  /** How often each account's ECR in a region is called. */
  readonly rates?: CallRates;
}

/**
 * Gives the budget of an account and region, always the same one: it outlives connections, since AWS does not forget
 * either. There are few.
 */
export function createCallBudgets(options: CallBudgetsOptions): (registry: AccountRegion) => CallBudget {
  const { now, after = systemClock.after, rates } = options;
  const budgets = new Map<string, CallBudget>();
  return (registry) => {
    const key = placeKey(registry);
    const budget =
      budgets.get(key) ?? createCallBudget({ clock: { now, after }, ...(rates ? { rates } : {}) });
    budgets.set(key, budget);
    return budget;
  };
}

/**
 * The same client, whose every call takes its turn in a lane of the budget; each page of a list is a call. It shares
 * connections with the others of its kind and is not to be destroyed.
 */
export function budgetedClient<Client extends Pick<ECRClient | ECRPUBLICClient, 'send'>>(
  client: Client,
  budget: CallBudget,
  lane: CallLane,
  signal: AbortSignal,
): Client {
  const plain = client.send.bind(client) as (...args: readonly unknown[]) => Promise<unknown>;
  const send = (...args: readonly unknown[]): Promise<unknown> =>
    budget.run(lane, () => plain(...args), signal);
  // The SDK's paginators take nothing but an instance.
  return Object.create(client, { send: { value: send } });
}
