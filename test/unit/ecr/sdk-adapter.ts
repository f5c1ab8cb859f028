import type { EcrApi } from '../../../src/ecr/ecr-api.ts';
import { sdkEcrApi } from '../../../src/ecr/sdk-ecr-api.ts';
import type { RegistryHandle } from '../../lab/aws/registry-handle.ts';
import { ACCOUNT, REGION, type Simulated, simulate } from '../lab-aws/simulated-clients.ts';

/** Of the one repository. */
export const NAME = 'team/app';
/** Of the one repository. */
export const ARN = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${NAME}`;

/** The adapter, and what stands behind it. */
export interface Adapter extends AsyncDisposable {
  readonly api: EcrApi;
  readonly aws: Simulated['aws'];
  readonly handle: RegistryHandle;
  calls(action: string): number;
}

/** The adapter on a simulator that has one repository. */
export async function adapter(): Promise<Adapter> {
  const lab = await simulate();
  const handle = lab.aws.as(ACCOUNT, REGION);
  handle.addRepository(NAME);
  return {
    api: sdkEcrApi(lab.ecr, { accountId: ACCOUNT, region: REGION }),
    aws: lab.aws,
    handle,
    calls: (action) => lab.aws.actions.count(`ecr:${action}`),
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

/** Everything that is on all pages. */
export async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

/** What a call fails with; throws where it does not. */
export const rejection = (call: Promise<unknown>) =>
  call.then(
    () => {
      throw new Error('the call did not fail');
    },
    (error: Error & { reason: string }) => ({ reason: error.reason, message: error.message }),
  );
