/** An answer of the API server other than 2xx, or an ERROR event in a watch. Bodies are reduced to their Status. */
export class KubeError extends Error {
  readonly status: number;
  /** `metav1.Status.reason`, e.g. `NotFound`, `Conflict`, `Expired`. */
  readonly kubeReason: string;
  readonly retryAfterMs: number | undefined;
  /** What the condition says: the operator's own rights and the API server's state are not the user's fault. */
  readonly reason: string;

  constructor(status: number, kubeReason: string, message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'KubeError';
    this.status = status;
    this.kubeReason = kubeReason;
    this.retryAfterMs = retryAfterMs;
    this.reason = status === 403 || isDenial(message) ? 'KubernetesForbidden' : 'KubernetesError';
  }
}

/** Policies and webhooks deny with whatever status they like, 422 and 400 unless told; the words are the API server's. */
function isDenial(message: string): boolean {
  return /\bis forbidden: ValidatingAdmissionPolicy |^admission webhook "[^"]*" denied the request/.test(
    message,
  );
}

function hasStatus(error: unknown, status: number): error is KubeError {
  return error instanceof KubeError && error.status === status;
}

/** The object, its namespace or its kind is not there. */
export function isNotFound(error: unknown): boolean {
  return hasStatus(error, 404);
}

/** A precondition (uid, resourceVersion, field ownership) did not hold. */
export function isConflict(error: unknown): boolean {
  return hasStatus(error, 409) || isOtherUid(error);
}

/** An apply with a uid is a 409 where there is no such object any more, but a 422 where another has its name. */
function isOtherUid(error: unknown): boolean {
  return hasStatus(error, 422) && /\bmetadata\.uid: Invalid value\b/.test(error.message);
}

/** The object, or the patch that should change it, is not valid; a JSON Patch `test` that does not hold is that too. */
export function isInvalid(error: unknown): boolean {
  return hasStatus(error, 422) && !isDenial(error.message);
}

/** The resourceVersion or continue token is too old: list again. */
export function isGone(error: unknown): boolean {
  return hasStatus(error, 410);
}

/** The namespace is being deleted, so nothing new can be made in it. */
export function isNamespaceTerminating(error: unknown): boolean {
  return hasStatus(error, 403) && /because it is being terminated/.test(error.message);
}

interface StatusBody {
  readonly kind?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** Makes the error of an answer; `retryAfter` is the header's value in seconds. */
export function kubeErrorOf(status: number, body: string, retryAfter?: string): KubeError {
  const parsed = parseStatus(body);
  // The header may also be a date, of which we make nothing.
  const seconds = [Number(retryAfter), parsed?.details?.retryAfterSeconds].find(Number.isFinite);
  const retryAfterMs = seconds === undefined ? undefined : seconds * 1_000;
  const message = parsed?.message ?? `the API server answered ${status}`;
  return new KubeError(status, parsed?.reason ?? '', message, retryAfterMs);
}

function parseStatus(body: string): StatusBody | undefined {
  try {
    const parsed = JSON.parse(body) as StatusBody;
    return parsed.kind === 'Status' ? parsed : undefined;
  } catch {
    return undefined;
  }
}
