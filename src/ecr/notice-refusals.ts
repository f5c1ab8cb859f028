import type { STSClient } from '@aws-sdk/client-sts';
import { type Refusal, refusalOf } from './aws-errors.ts';

/** What all clients of the SDK have of it. */
interface Observable {
  readonly middlewareStack: Pick<STSClient['middlewareStack'], 'add'>;
}

/** Tells `listener` of each call of this client that AWS refuses for who made it. */
export function noticeRefusals(client: Observable, listener: (refusal: Refusal) => void): void {
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
