import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** One thing that the operator asked of an API server. */
export interface AccountCall {
  /** As RBAC has it: `patch`. An apply of what is not there yet is `create` besides. */
  readonly verb: string;
  /** `apps/deployments`, `/serviceaccounts/token`: the core group has no name. */
  readonly resource: string;
  /** Absent where a collection was asked for that no name narrows. */
  readonly name?: string;
  /** Absent where all were asked for, and for what is in none. */
  readonly namespace?: string;
  readonly outcome: 'ok' | 'denied' | 'failed';
}

/** Names folders for what the operator's accounts asked of all the API servers of a run; nothing is noted without. */
export const RIGHTS_FOLDER = 'ECR_OPERATOR_LAB_RIGHTS';

/** The namespace that the operator is in. */
export const OWN_NAMESPACE = 'ecr-operator';
const OPERATOR = `system:serviceaccount:${OWN_NAMESPACE}:ecr-operator`;
/** What the operator calls itself: tests, too, try its token. */
const USER_AGENT = 'ecr-operator';
/** The resources that some shipped rule names one by one. */
const NAMED = /\/(secrets|leases)(\/|$)/;

/**
 * What the API server writes down: every request where a test asks for it, those of the operator's account where a
 * whole run is looked at, else nothing: undefined.
 */
export function auditPolicy(everything: boolean): object | undefined {
  if (!everything && process.env[RIGHTS_FOLDER] === undefined) return undefined;
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: everything
      ? [{ level: 'Metadata' }]
      : [{ level: 'Metadata', users: [OPERATOR] }, { level: 'None' }],
  };
}

/** As much of an event of the audit log as is read. */
interface AuditEvent {
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly verb: string;
  readonly responseStatus?: { readonly code?: number };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
}

/** Notes what the operator did by the audit log of an API server, in the folder that {@link RIGHTS_FOLDER} names. */
export async function recordAccountCalls(auditLog: string): Promise<void> {
  const folder = process.env[RIGHTS_FOLDER];
  if (folder === undefined) return;
  const calls = await accountCallsIn(auditLog);
  const lines = new Set(calls.map((call) => `${JSON.stringify(noted(call))}\n`));
  if (lines.size === 0) return;
  await appendFile(join(folder, `${process.pid}-${randomUUID()}.jsonl`), [...lines].join(''));
}

/** What the operator did by the audit log of an API server, its older parts included: each thing once. */
export async function accountCallsIn(auditLog: string): Promise<readonly AccountCall[]> {
  const known = new Map<string, AccountCall>();
  // The API server begins a new file at 100 MB.
  const stem = basename(auditLog).replace(/\..*$/, '');
  for (const name of await readdir(dirname(auditLog))) {
    if (!name.startsWith(stem) || !name.endsWith('.jsonl')) continue;
    const lines = createInterface({ input: createReadStream(join(dirname(auditLog), name)) });
    for await (const line of lines) {
      if (!line.includes(OPERATOR)) continue;
      for (const call of callsIn(line)) known.set(JSON.stringify(call), call);
    }
  }
  return [...known.values()];
}

/**
 * As it is noted (pure): no namespace but the operator's own, where a Role is enough, and no name but those that some
 * shipped rule has one by one. Of the others, tests have too many.
 */
export function noted({ name, namespace, ...call }: AccountCall): AccountCall {
  return {
    ...call,
    ...(name !== undefined && NAMED.test(call.resource) ? { name } : {}),
    ...(namespace === OWN_NAMESPACE ? { namespace } : {}),
  };
}

/** What a line of an audit log comes to (pure); a line that was cut off in the middle comes to nothing. */
export function callsIn(line: string): readonly AccountCall[] {
  const event = parsed(line);
  if (event?.user.username !== OPERATOR || event.userAgent !== USER_AGENT) return [];
  const { apiGroup = '', resource, subresource, namespace, name } = event.objectRef ?? {};
  if (resource === undefined) return [];
  const code = event.responseStatus?.code ?? 0;
  const call = {
    verb: event.verb,
    resource: [`${apiGroup}/${resource}`, subresource].filter(Boolean).join('/'),
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    outcome: outcomeOf(code),
  } satisfies AccountCall;
  return event.verb === 'patch' && code === 201 ? [call, { ...call, verb: 'create' }] : [call];
}

function parsed(line: string): AuditEvent | undefined {
  try {
    return JSON.parse(line) as AuditEvent;
  } catch {
    return undefined;
  }
}

function outcomeOf(code: number): AccountCall['outcome'] {
  if (code === 401 || code === 403) return 'denied';
  return code >= 200 && code < 300 ? 'ok' : 'failed';
}

/** Everything that was noted in a folder, each thing once, in order. */
export async function readAccountCalls(folder: string): Promise<readonly AccountCall[]> {
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  const lines = new Set(texts.flatMap((text) => text.split('\n')).filter(Boolean));
  return [...lines].sort().map((line) => JSON.parse(line) as AccountCall);
}
