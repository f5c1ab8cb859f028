import { setTimeout as delay } from 'node:timers/promises';
import { policyHash, withoutSecrets } from './action-record.ts';
import { AwsError, accessDenied, limitExceeded } from './aws-error.ts';
import type { Caller } from './callers.ts';
import type { Fault, When } from './faults.ts';
import { type Means, outcomeOf, resourceForm } from './operator-record.ts';
import type { Input, Output } from './parameters.ts';
import { listOf } from './policy-document.ts';
import { refusal } from './policy-evaluation.ts';
import type { World } from './world.ts';

/** One resource of a call, with what IAM knows of it. */
export interface CallResource {
  readonly arn: string;
  readonly accountId: string;
  readonly policyText?: string | undefined;
  readonly context?: Readonly<Record<string, string>>;
}

/** A call by somebody known, on the API or on the registry front. */
export interface Call {
  /** `ecr:CreateRepository` */
  readonly action: string;
  readonly accountId: string;
  readonly region: string;
  readonly caller: Caller;
  readonly resources: readonly CallResource[];
  readonly params: Input;
  /** Actions that need no permission, such as sts:GetCallerIdentity. */
  readonly unguarded?: boolean;
  /** Actions that IAM judges besides, on the same resources. */
  readonly alsoNeeds?: readonly string[];
  /** `call` unless told; on the registry front a pull or a push with a token. */
  readonly means?: Means | 'push';
}

/** What goes back: an answer, an error, or nothing. */
export type CallResult =
  | { readonly kind: 'answer'; readonly output: Output }
  | { readonly kind: 'error'; readonly error: AwsError }
  | { readonly kind: 'reset' | 'never' };

/**
 * Runs a call through faults, permissions and `work`, and writes it to the record; the record's listeners have run when
 * this returns, and nothing has been sent yet.
 */
export async function carryOut(
  world: World,
  call: Call,
  work: () => Output | Promise<Output>,
): Promise<CallResult> {
  const resources = call.resources.map((one) => one.arn);
  const fault = world.faults.strike({ ...call, resources });
  const early = await strikes(fault, call, 'before');
  const result = early ?? (await attempt(call, work));
  const late = early === undefined ? await strikes(fault, call, 'after') : undefined;
  const told = late !== undefined && result.kind === 'answer' ? 'lost' : resultName(result);
  note(world, call, told);
  await world.log.append({
    time: world.clock.now(),
    accountId: call.accountId,
    region: call.region,
    principalArn: call.caller.arn,
    action: call.action,
    resource: resources[0] ?? '*',
    resources,
    params: withoutSecrets(call.params),
    policyHash: boundBy(call),
    result: told,
  });
  return spoiled(late ?? result, fault, world);
}

/** What the operator asks for, and what pulls ask for with its tokens, is kept for a look over the whole suite. */
function note(world: World, { action, caller, resources, means = 'call' }: Call, result: string): void {
  if (!caller.byOperator || means === 'push') return;
  const outcome = outcomeOf(result);
  for (const form of new Set(resources.map(({ arn }) => resourceForm(arn)))) {
    world.operatorRecord.add({ action, form, means, outcome });
  }
}

/** The hash of the session policy that the call asks for, or that bounds the one who calls. */
function boundBy(call: Call): string | undefined {
  const { Policy: asked } = call.params;
  const policy = typeof asked === 'string' ? asked : call.caller.sessionPolicy;
  return policy === undefined ? undefined : policyHash(policy);
}

async function attempt(call: Call, work: () => Output | Promise<Output>): Promise<CallResult> {
  try {
    if (call.unguarded !== true) checkPermissions(call);
    return { kind: 'answer', output: await work() };
  } catch (error) {
    if (error instanceof AwsError) return { kind: 'error', error };
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'error', error: new AwsError('ServerException', `fault of the simulator: ${text}`, 500) };
  }
}

function checkPermissions(call: Call): void {
  for (const action of [call.action, ...(call.alsoNeeds ?? [])]) {
    for (const resource of call.resources) {
      const context = { 'aws:RequestedRegion': call.region, ...resource.context };
      const because = refusal(
        call.caller,
        { action, resource: resource.arn, context },
        {
          accountId: resource.accountId,
          policyText: resource.policyText,
        },
      );
      if (because !== undefined) throw denial({ ...call, action }, resource.arn, because);
    }
  }
}

function denial(call: Call, resource: string, because: string): AwsError {
  const error = accessDenied(call.caller.arn, call.action, resource, because);
  return call.action.startsWith('sts:') ? new AwsError('AccessDenied', error.message, 403) : error;
}

/** What a fault makes of a call at this moment; undefined lets it go on. */
async function strikes(fault: Fault | undefined, call: Call, now: When): Promise<CallResult | undefined> {
  if (fault === undefined || fault.kind === 'bad-token') return undefined;
  if ((('when' in fault && fault.when) || 'before') !== now) return undefined;
  const resource = call.resources[0]?.arn ?? '*';
  switch (fault.kind) {
    case 'throttle':
      return errorResult(new AwsError('ThrottlingException', 'Rate exceeded'));
    case 'server-error':
      return errorResult(new AwsError('ServerException', 'Internal Server Error', fault.status ?? 500));
    case 'access-denied':
      return errorResult(
        denial(call, resource, `because no identity-based policy allows the ${call.action} action`),
      );
    case 'quota':
      return errorResult(limitExceeded());
    case 'error':
      return errorResult(new AwsError(fault.name, fault.message, fault.status ?? 400));
    case 'slow':
      await (typeof fault.until === 'number' ? delay(fault.until) : fault.until);
      return undefined;
    case 'reset':
    case 'never':
      return { kind: fault.kind };
  }
}

function errorResult(error: AwsError): CallResult {
  return { kind: 'error', error };
}

function resultName(result: CallResult): string {
  if (result.kind === 'answer') return 'ok';
  return result.kind === 'error' ? result.error.name : result.kind;
}

/**
 * Answers of GetAuthorizationToken that are well-formed HTTP and of no use. ECR Public has one datum where ECR has a
 * list.
 */
function spoiled(result: CallResult, fault: Fault | undefined, world: World): CallResult {
  if (fault?.kind !== 'bad-token' || result.kind !== 'answer') return result;
  const given = result.output['authorizationData'];
  if (given === undefined) return result;
  const [data] = listOf(given) as Output[];
  const whole = (one: Output): Output => ({ authorizationData: Array.isArray(given) ? [one] : one });
  const shapes: Record<typeof fault.shape, Output> = {
    expired: whole({ ...data, expiresAt: new Date(world.clock.now().getTime() - 1000) }),
    'no-expiry': whole({ ...data, expiresAt: undefined }),
    garbage: whole({ ...data, authorizationToken: '%%% not base64 %%%' }),
    'empty-data': { authorizationData: Array.isArray(given) ? [] : {} },
    'no-data': {},
  };
  return { kind: 'answer', output: shapes[fault.shape] };
}
