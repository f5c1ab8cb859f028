import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { type Lab, OPERATOR_NAMESPACE } from '../../lab/lab.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Role {
  readonly kind?: string;
  readonly metadata?: { readonly namespace?: string };
  readonly rules?: readonly Rule[];
}

interface AuditEvent {
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly verb: string;
  readonly responseStatus?: { readonly code?: number };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
}

const USER = `system:serviceaccount:${OPERATOR_NAMESPACE}:ecr-operator`;

/** Every right in the roles of some manifests, `verb group/resource name`, and ` in namespace` where it is one of a Role. */
export function rightsIn(manifests: string, namespace?: string): readonly string[] {
  const roles = parseAllDocuments(manifests).map((document) => document.toJS() as Role);
  return roles.flatMap(({ kind, metadata, rules = [] }) => {
    if (kind === 'ClusterRole') return rules.flatMap((rule) => rightsOf(rule, ''));
    if (kind !== 'Role') return [];
    return rules.flatMap((rule) => rightsOf(rule, ` in ${metadata?.namespace ?? namespace}`));
  });
}

function rightsOf(
  { apiGroups, resources, resourceNames = ['*'], verbs }: Rule,
  where: string,
): readonly string[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      resourceNames.flatMap((name) => verbs.map((verb) => `${verb} ${group}/${resource} ${name}${where}`)),
    ),
  );
}

/** What the operator asked for and no role allows, and what they allow and it did not use; by the audit log. */
export async function comparedRights(
  lab: Lab,
  shipped: readonly string[],
): Promise<{ readonly missing: readonly string[]; readonly unused: readonly string[] }> {
  const used = new Set<string>();
  for (const line of (await readFile(lab.controlPlane.files.auditLog, 'utf8')).split('\n').filter(Boolean)) {
    const event = JSON.parse(line) as AuditEvent;
    if (event.user.username === USER && event.userAgent === 'ecr-operator')
      for (const right of rightsUsedBy(event, shipped)) used.add(right);
  }
  return {
    missing: [...used].filter((right) => !shipped.includes(right)),
    unused: shipped.filter((right) => !used.has(right)),
  };
}

/** Each in the words of the right that allows it, where one does. */
function rightsUsedBy({ verb, objectRef, responseStatus }: AuditEvent, shipped: readonly string[]): string[] {
  const { apiGroup = '', resource = '', subresource, namespace, name = '' } = objectRef ?? {};
  const what = `${apiGroup}/${resource}${subresource ? `/${subresource}` : ''}`;
  // An apply of what is not there yet needs `create` besides; the log has no line for it.
  const verbs = verb === 'patch' && responseStatus?.code === 201 ? [verb, 'create'] : [verb];
  const places = namespace === undefined ? [''] : [` in ${namespace}`, ''];
  return verbs.map((one) => {
    const forms = places.flatMap((where) => [name, '*'].map((of) => `${one} ${what} ${of}${where}`));
    return forms.find((form) => shipped.includes(form)) ?? forms[0] ?? '';
  });
}
