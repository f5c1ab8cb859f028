import { registryHost } from '../aws-names.ts';
import { type Input, type Output, optionalList } from '../parameters.ts';
import { authorizationToken } from '../registry-tokens.ts';
import type { OperationContext, OperationTable } from '../world.ts';

/** The operation that hands out registry passwords. */
export const authorizationOperations = {
  GetAuthorizationToken: getAuthorizationToken,
} satisfies OperationTable;

/** One token per registry asked for (`registryIds` is deprecated), else one for the caller's own registry. */
function getAuthorizationToken(context: OperationContext, input: Input): Output {
  const registryIds = optionalList(input, 'registryIds', { min: 1, max: 10 }) ?? [context.caller.accountId];
  const authorizationData = registryIds.map((registryId) => {
    const token = context.world.tokens.issue(context.caller, context.region);
    return {
      authorizationToken: authorizationToken(token.password),
      expiresAt: token.expiresAt,
      proxyEndpoint: `https://${registryHost(String(registryId), context.region)}`,
    };
  });
  return { authorizationData };
}
