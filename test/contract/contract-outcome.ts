/** What a step led to, without what differs from run to run. */
export type Outcome = Readonly<Record<string, unknown>>;

/** Runs a step and keeps its answer, or its error's name and message. */
export async function outcomeOf(run: () => Promise<object>): Promise<Outcome> {
  try {
    const { $metadata: _metadata, ...output } = (await run()) as Record<string, unknown>;
    return normal(output) as Outcome;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: error.name, message: normalMessage(error.message) };
  }
}

/**
 * moto loses closing quotes and doubles blanks; ECR ends lifecycle failures with a line break. Nobody goes by these.
 */
function normalMessage(message: string): string {
  return message.replace(/\s+/g, ' ').replace(/[\s']+$/, '');
}

/** The paths at which two outcomes differ. */
export function differences(a: unknown, b: unknown, path = ''): readonly string[] {
  if (isContainer(a) && isContainer(b) && Array.isArray(a) === Array.isArray(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) => differences(a[key], b[key], path === '' ? key : `${path}.${key}`));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [path];
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Names whose values are drawn anew each time. */
const DRAWN = /^(authorizationToken|AccessKeyId|SecretAccessKey|SessionToken|AssumedRoleId|UserId)$/;

function normal(value: unknown, name = ''): unknown {
  if (value instanceof Date) return '(time)';
  if (DRAWN.test(name)) return `(${typeof value})`;
  if (name === 'kmsKey') return String(value).replace(/[0-9a-f-]{36}$/, '(key)');
  if (Array.isArray(value)) return value.map((one) => normal(one));
  if (!isContainer(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort().map(([key, inner]) => [key, normal(inner, key)]));
}
