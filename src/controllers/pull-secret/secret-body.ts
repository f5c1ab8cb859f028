import { HAND_OVER_ANNOTATION, MANAGED_BY, MANAGED_BY_LABEL, SECRET_ANNOTATIONS } from '../../api/names.ts';
import { type Claim, holderOf, type Target } from './claims.ts';
import { writeLogins } from './logins.ts';
import type { SecretContent } from './secret-content.ts';

export interface SecretBodyInput {
  readonly target: Target;
  readonly holder: Claim;
  readonly content: SecretContent;
  /** Of the Secret that is there: a re-created one is not written to by mistake. */
  readonly uid?: string | undefined;
  /** Of the Secret whose content was taken over: what changed since is not lost. */
  readonly resourceVersion?: string | undefined;
}

/** The fields of a pull Secret that are ours. */
export interface SecretBody {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly type: string;
  readonly data: { readonly '.dockerconfigjson': string };
}

/** The pull Secret as it is applied: all fields that are ours, every time. */
export function secretBody({ target, holder, content, uid, resourceVersion }: SecretBodyInput): SecretBody {
  return {
    metadata: {
      name: target.secretName,
      namespace: target.namespace,
      ...(uid ? { uid } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
      annotations: {
        [SECRET_ANNOTATIONS.holder]: holderOf(holder),
        [SECRET_ANNOTATIONS.foreignEntries]: holder.object.spec.foreignEntries,
        [SECRET_ANNOTATIONS.tokens]: writeLogins(content.logins),
      },
    },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': content.data },
  };
}

/**
 * Takes away what marks a Secret as ours; its content stays, unless it is `shared` and others keep theirs. Such a one may
 * be had back; any other that is nobody's now takes its owner's word again.
 */
export function releaseBody(
  { uid, resourceVersion }: { readonly uid: string; readonly resourceVersion: string },
  { shared }: { readonly shared?: string } = {},
): object {
  const marks = Object.fromEntries(Object.values(SECRET_ANNOTATIONS).map((name) => [name, null]));
  const annotations = { ...marks, [HAND_OVER_ANNOTATION]: shared === undefined ? null : 'true' };
  return {
    metadata: { uid, resourceVersion, labels: { [MANAGED_BY_LABEL]: null }, annotations },
    ...(shared === undefined ? {} : { data: { '.dockerconfigjson': shared } }),
  };
}
