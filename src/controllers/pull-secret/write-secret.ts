import { isDeepStrictEqual } from 'node:util';
import { FIELD_MANAGER } from '../../api/names.ts';
import type { KubeClient } from '../../runtime/kube-client.ts';
import { isNotFound } from '../../runtime/kube-errors.ts';
import { type KubeObject, pathOf, SECRETS } from '../../runtime/resource.ts';
import type { Claim, Target } from './claims.ts';
import type { PlannedLogin, SecretAction } from './decide.ts';
import { type Auths, decodedConfig, encodedConfig } from './docker-config.ts';
import { releaseBody, type SecretBody, secretBody } from './secret-body.ts';
import { contentOfTokens, contentOver, foreignEntries, type SecretContent } from './secret-content.ts';
import type { SecretState } from './secret-state.ts';

export interface SecretWrite {
  readonly target: Target;
  readonly holder: Claim | undefined;
  readonly secret: SecretState | undefined;
  readonly action: SecretAction;
}

/** What came of it. */
export interface SecretWritten {
  /** False if nothing of ours had to be changed: others had only written beside it, into what they are let keep. */
  readonly changed: boolean;
  /** Of the Secret after it was applied. */
  readonly resourceVersion?: string;
}

/** Carries out what was decided about a Secret. */
export async function writeSecret(
  client: KubeClient,
  { target, holder, secret, action }: SecretWrite,
): Promise<SecretWritten> {
  const path = { namespace: target.namespace, name: target.secretName };
  if (action.type === 'apply' && holder) return apply(client, target, holder, secret, action.logins);
  if (action.type === 'delete' && secret) await ignoreNotFound(withdraw(client, path, secret));
  else if (action.type === 'release' && secret) {
    await ignoreNotFound(client.mergePatch(SECRETS, path, releaseBody(secret)));
  }
  return { changed: true };
}

async function apply(
  client: KubeClient,
  target: Target,
  holder: Claim,
  secret: SecretState | undefined,
  planned: readonly PlannedLogin[],
): Promise<SecretWritten> {
  const path = { namespace: target.namespace, name: target.secretName };
  const keep = holder.object.spec.foreignEntries === 'Keep';
  const simple = secret && keep ? undefined : contentOfTokens(planned);
  let content: SecretContent;
  let found: Found | undefined;
  if (simple) content = simple;
  else {
    found = await read(client, path);
    // Of a Secret that is not there yet nothing can be taken over.
    const ours = [...(secret?.logins ?? []), ...planned.map(hostsOf)];
    content = contentOver(planned, found?.auths ?? {}, { keep, ours });
  }
  const { resourceVersion } = found?.metadata ?? {};
  const body = secretBody({ target, holder, content, uid: secret?.uid, resourceVersion });
  // The first apply is not forced: a Secret of another that the cache has not seen yet is a conflict.
  const { metadata } = await client.apply(SECRETS, body, {
    ...path,
    fieldManager: FIELD_MANAGER,
    force: secret !== undefined,
  });
  return { changed: !found || !isWhole(found, body), resourceVersion: metadata.resourceVersion };
}

/** Whether a Secret has all that is ours already. */
function isWhole({ auths, metadata }: Found, body: SecretBody): boolean {
  const { labels = {}, annotations = {} } = metadata;
  const isThere = (
    found: Readonly<Record<string, string>>,
    ours: Readonly<Record<string, string>>,
  ): boolean => Object.entries(ours).every(([name, value]) => found[name] === value);
  return (
    isThere(labels, body.metadata.labels) &&
    isThere(annotations, body.metadata.annotations) &&
    isDeepStrictEqual(auths, decodedConfig(body.data['.dockerconfigjson']))
  );
}

function hostsOf(one: PlannedLogin): { readonly hosts: readonly string[] } {
  return one.from === 'memory' ? one.token : one.login;
}

/** Takes our logins out of a Secret that others share, and deletes one that they do not. */
async function withdraw(
  client: KubeClient,
  path: { readonly namespace: string; readonly name: string },
  secret: SecretState,
): Promise<void> {
  if (secret.foreignEntries === 'Keep') {
    const found = await read(client, path);
    const left = foreignEntries(found?.auths ?? {}, secret.logins);
    if (found && Object.keys(left).length > 0) {
      const version = { uid: secret.uid, resourceVersion: found.metadata.resourceVersion };
      await client.mergePatch(SECRETS, path, releaseBody(version, { shared: encodedConfig(left) }));
      return;
    }
  }
  await client.delete(SECRETS, path, { uid: secret.uid, resourceVersion: secret.resourceVersion });
}

interface Found {
  readonly auths: Auths;
  readonly metadata: KubeObject['metadata'];
}

/** The one place where the operator reads the content of a pull Secret: only where some of it has to stay. */
async function read(
  client: KubeClient,
  path: { readonly namespace: string; readonly name: string },
): Promise<Found | undefined> {
  try {
    const { data, metadata } = await client.request<
      KubeObject & { readonly data?: Readonly<Record<string, string>> }
    >(pathOf(SECRETS, path));
    return { auths: decodedConfig(data?.['.dockerconfigjson']), metadata };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What is gone needs no deletion. */
export async function ignoreNotFound(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
