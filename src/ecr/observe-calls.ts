import { type Attributes, traced } from '../runtime/tracing.ts';
import { awsError } from './aws-errors.ts';
import type { AccountRegion } from './partition.ts';
import type { SdkClient } from './sdk-client.ts';

/** How a call ended, in few words: these are values of a metric's label. */
export const CALL_RESULTS = [
  'ok',
  'throttled',
  'denied',
  'credentials',
  'unavailable',
  'unreachable',
  'rejected',
] as const;

export type CallResult = (typeof CALL_RESULTS)[number];

/** One call of AWS that came to its end; the SDK's own repetitions are part of it. */
export interface AwsCall {
  readonly service: 'ecr' | 'ecr-public' | 'sts';
  /** As in the API, e.g. `DescribeRepositories`. */
  readonly operation: string;
  readonly result: CallResult;
  readonly seconds: number;
  /** Whose registry was called, that of ECR Public in the region `public`; undefined for STS, which has none. */
  readonly place: AccountRegion | undefined;
}

/** Must not throw. */
export type CallObserver = (call: AwsCall) => void;

/** Makes each call of this client a span where traces are sent, and tells `observer`, if there is one, of it. */
export function observeCalls(
  client: SdkClient,
  { service, place }: Pick<AwsCall, 'service' | 'place'>,
  observer: CallObserver | undefined,
): void {
  client.middlewareStack.add(
    (next, { commandName = 'Unknown' }) =>
      (args) => {
        const operation = commandName.replace(/Command$/, '');
        const startedAt = performance.now();
        const tell = (result: CallResult): void =>
          observer?.({ service, operation, result, place, seconds: (performance.now() - startedAt) / 1_000 });
        const attributes = {
          'rpc.system': 'aws-api',
          'rpc.method': `${service}/${operation}`,
          ...placeAttributes(place),
        };
        return traced(`${service}:${operation}`, 'client', attributes, async () => {
          try {
            const answer = await next(args);
            tell('ok');
            return answer;
          } catch (error) {
            tell(callResult(error));
            throw error;
          }
        });
      },
    { step: 'initialize', name: 'observeCalls' },
  );
}

function placeAttributes(place: AccountRegion | undefined): Attributes {
  return place ? { 'cloud.account.id': place.accountId, 'cloud.region': place.region } : {};
}

/** What an error means for whoever watches over the operator (pure): whom to call. */
export function callResult(error: unknown): CallResult {
  return RESULTS[awsError(error, '', '').reason] ?? 'rejected';
}

const RESULTS: Readonly<Record<string, CallResult>> = {
  Throttled: 'throttled',
  AccessDenied: 'denied',
  CredentialsRefused: 'credentials',
  CredentialsUnavailable: 'credentials',
  AWSUnavailable: 'unavailable',
  AWSUnreachable: 'unreachable',
  CertificateNotTrusted: 'unreachable',
};
