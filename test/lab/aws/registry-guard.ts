import { carryOut } from './carry-out.ts';
import { repositoryResource } from './ecr-call.ts';
import { dropConnection } from './http-listener.ts';
import type { Input, Output } from './parameters.ts';
import { sendRegistryError } from './registry-errors.ts';
import type { Visit } from './registry-visit.ts';

/** Runs `work` behind faults and permissions; undefined when the answer has already been given. */
export async function permitted(
  visit: Visit,
  name: string,
  action: string,
  details: Input,
  work: () => Output | Promise<Output>,
): Promise<Output | undefined> {
  const { registry, token, world, response } = visit;
  const call = {
    action,
    accountId: registry.accountId,
    region: registry.region,
    caller: token.caller,
    resources: [repositoryResource(registry, name, {})],
    params: { repositoryName: name, ...details },
    // Nobody pushes with a pull Secret, but tests that look whether they could.
    means: /^(GET|HEAD)$/.test(visit.incoming.method ?? 'GET') ? 'token' : 'push',
  } as const;
  const result = await carryOut(world, call, work);
  if (result.kind === 'answer') return result.output;
  if (result.kind === 'error') sendRegistryError(response, result.error);
  else dropConnection(response, result.kind);
  return undefined;
}
