import type { AwsError } from './aws-error.ts';
import { EXPIRED_TOKEN, INVALID_TOKEN } from './registry-errors.ts';
import type { RegistryToken, TokenService } from './registry-tokens.ts';
import type { World } from './world.ts';

/**
 * The token in what `docker login` keeps (`AWS:PASSWORD` as base64), or ECR's refusal of it. A token of the other
 * service and one whose principal is gone are refused like one that was never issued; AWS's own words for these were
 * not found.
 */
export function checkedToken(world: World, service: TokenService, encoded: string): RegistryToken | AwsError {
  const credentials = Buffer.from(encoded, 'base64').toString();
  const token = world.tokens.find(credentials.slice('AWS:'.length));
  if (!credentials.startsWith('AWS:') || token?.service !== service) return INVALID_TOKEN;
  if (world.tokens.isOrphaned(token)) return INVALID_TOKEN;
  return world.tokens.isExpired(token) ? EXPIRED_TOKEN : token;
}
