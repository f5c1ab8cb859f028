import { FIELD_MANAGER, MANAGED_BY_LABEL, SECRET_ANNOTATIONS } from '../../api/names.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Next } from '../../runtime/controller.ts';
import { type Failure, failureOf, RetryableError } from '../../runtime/errors.ts';
import { type Key, splitKey } from '../../runtime/key.ts';
import type { JsonPatchOperation, KubeClient } from '../../runtime/kube-client.ts';
import { isConflict, isInvalid, isNamespaceTerminating, isNotFound } from '../../runtime/kube-errors.ts';
import { SECRETS, SERVICE_ACCOUNTS } from '../../runtime/resource.ts';
import type { NamespaceState } from '../world.ts';
import { holderOf, type Target } from './claims.ts';
import { type AttachmentAction, type DeliveryInput, decide, type SecretAction } from './decide.ts';
import { inputOf } from './delivery-input.ts';
import { type PullWorld, SERVICE_ACCOUNT_NAME } from './pull-world.ts';
import { secretBody } from './secret-body.ts';
import type { SecretState } from './secret-state.ts';
import { attachmentPatch, releasePatch, type ServiceAccountState } from './service-account.ts';

export interface DeliveryOptions {
  readonly world: PullWorld;
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Called when a target fails, recovers, or fails otherwise. */
  readonly onResult: (target: Target) => void;
}

/** One pass over one target: the Secret of one name in one namespace, and the ServiceAccount beside it. */
export function deliveryReconciler(options: DeliveryOptions): (key: Key) => Promise<Next> {
  const { world, client, clock } = options;

  async function deliver(target: Target, namespace: NamespaceState): Promise<Failure | undefined> {
    const input = inputOf(world, target, namespace, clock.now());
    const decision = decide(input);
    // What is retained says so in the Secret, which is released last: without that, its entry would count as left over.
    const secretFirst = decision.attachment !== 'release';
    if (secretFirst) await applySecret(target, input, decision.secret);
    await applyAttachment(target, input.serviceAccount, decision.attachment);
    if (!secretFirst) await applySecret(target, input, decision.secret);
    return decision.failure;
  }

  async function applySecret(
    target: Target,
    { secret, holder, registry }: DeliveryInput,
    action: SecretAction,
  ): Promise<void> {
    const path = { namespace: target.namespace, name: target.secretName };
    if (action.type === 'apply' && holder && registry) {
      const body = secretBody({
        target,
        holder: holderOf(holder),
        registry,
        token: action.token,
        uid: secret?.uid,
      });
      // The first apply is not forced: a Secret of another that the cache has not seen yet is a conflict.
      await client.apply(SECRETS, body, {
        ...path,
        fieldManager: FIELD_MANAGER,
        force: secret !== undefined,
      });
    } else if (action.type === 'delete' && secret) {
      await ignoreNotFound(
        client.delete(SECRETS, path, { uid: secret.uid, resourceVersion: secret.resourceVersion }),
      );
    } else if (action.type === 'release' && secret) {
      await ignoreNotFound(client.mergePatch(SECRETS, path, releaseBody(secret)));
    }
  }

  async function applyAttachment(
    { namespace, secretName }: Target,
    state: ServiceAccountState | undefined,
    action: AttachmentAction,
  ): Promise<void> {
    // The controller-manager makes it a moment after the namespace, and the watch tells.
    if (action === 'keep' || !state) return;
    const operations: JsonPatchOperation[] =
      action === 'release'
        ? releasePatch(state, secretName)
        : attachmentPatch(state, secretName, action === 'attach');
    if (operations.length > 0) {
      const path = { namespace, name: SERVICE_ACCOUNT_NAME };
      await client.jsonPatch(SERVICE_ACCOUNTS, path, operations).catch(staleIfInvalid(secretName));
    }
  }

  return async (key) => {
    const { namespace: namespaceName, name: secretName } = splitKey(key);
    const target = { namespace: namespaceName, secretName };
    const namespace = world.namespaces.get(namespaceName);
    const report = (failure: Failure | undefined): void => {
      if (world.results.set(key, failure)) options.onResult(target);
    };
    if (!namespace || namespace.terminating) {
      report(undefined);
      return {};
    }
    try {
      report(await deliver(target, namespace));
      return {};
    } catch (error) {
      if (isNamespaceTerminating(error)) return {};
      report(failureOf(explained(error, target)));
      return { retry: { kind: 'backoff' } };
    }
  };
}

function explained(error: unknown, { secretName }: Target): unknown {
  return isConflict(error) ? changedMeanwhile(secretName, error) : error;
}

/** Where the `test` of a JSON patch does not hold, the API server calls the patch invalid. */
function staleIfInvalid(secretName: string): (error: unknown) => never {
  return (error) => {
    throw isInvalid(error) ? changedMeanwhile(secretName, error) : error;
  };
}

function changedMeanwhile(secretName: string, cause: unknown): RetryableError {
  return new RetryableError(
    'Conflict',
    `Secret ${secretName} or the ServiceAccount changed meanwhile, trying again`,
    { cause },
  );
}

async function ignoreNotFound(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Takes away what marks the Secret as ours; its content stays. */
function releaseBody({ uid }: SecretState): object {
  const annotations = Object.fromEntries(Object.values(SECRET_ANNOTATIONS).map((name) => [name, null]));
  return { metadata: { uid, labels: { [MANAGED_BY_LABEL]: null }, annotations } };
}
