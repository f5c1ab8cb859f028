import type { Refusal } from './aws-errors.ts';
import type { Network } from './client-settings.ts';
import { fenceCalls } from './fence-calls.ts';
import { noticeRefusals } from './notice-refusals.ts';
import { type AwsCall, type CallObserver, observeCalls } from './observe-calls.ts';
import type { SdkClient } from './sdk-client.ts';

/** Who has a say in the calls of a client, and who is told of them. */
export interface CallWatchers {
  readonly network: Network | undefined;
  readonly onCall: CallObserver | undefined;
  /** To be told where AWS refuses the keys; those of a token's own session are nobody else's. */
  readonly refused: ((refusal: Refusal) => void) | undefined;
}

/** Every client of the operator goes through here, or it would write past the fence, and unseen. */
export function watchCalls(
  client: SdkClient,
  { service, place }: Pick<AwsCall, 'service' | 'place'>,
  { network, onCall, refused }: CallWatchers,
): void {
  if (refused) noticeRefusals(client, refused);
  fenceCalls(client, network?.fence);
  observeCalls(client, { service, place }, onCall);
}
