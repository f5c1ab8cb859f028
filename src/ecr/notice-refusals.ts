import { type Refusal, refusalOf } from './aws-errors.ts';
import type { SdkClient } from './sdk-client.ts';

/** Tells `listener` of each call of this client that AWS refuses for who made it. */
export function noticeRefusals(client: SdkClient, listener: (refusal: Refusal) => void): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal) listener(refusal);
        throw error;
      }
    },
    { step: 'initialize', name: 'noticeRefusals' },
  );
}
