import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ECRPUBLICClient } from '@aws-sdk/client-ecr-public';

type Strategy = Awaited<ReturnType<ECRClient['config']['retryStrategy']>>;
type Refresh = Extract<Strategy, { refreshRetryTokenForRetry: unknown }>['refreshRetryTokenForRetry'];

/**
 * Keeps the SDK from repeating calls that AWS throttles: the budget does that (see call-budget.ts), which knows of all
 * other calls. Networks and servers that fail are still retried by the SDK, and errors of ECR's quotas no more: the SDK
 * takes LimitExceededException for a throttle.
 */
export function leaveThrottlesAlone(client: Pick<ECRClient | ECRPUBLICClient, 'config'>): void {
  const { config } = client;
  const usual = config.retryStrategy;
  // The client asks for its strategy at each call.
  config.retryStrategy = async () => withoutThrottles(await usual());
}

function withoutThrottles(strategy: Strategy): Strategy {
  if (!('refreshRetryTokenForRetry' in strategy)) return strategy;
  const refreshRetryTokenForRetry: Refresh = async (token, info) => {
    if (info.errorType === 'THROTTLING') throw new Error('not repeated by the SDK');
    return strategy.refreshRetryTokenForRetry(token, info);
  };
  return Object.create(strategy, { refreshRetryTokenForRetry: { value: refreshRetryTokenForRetry } });
}
