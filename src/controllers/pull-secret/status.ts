import type { PullSecretStatus, PullSecretToken } from '../../api/shared.generated.ts';
import { timestamp } from '../../runtime/clock.ts';
import { cutText } from '../../runtime/cut-text.ts';
import type { ConditionState } from '../../runtime/outcome.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import { type Survey, type TokenLife, wider } from './survey.ts';

type Fields = Omit<PullSecretStatus, keyof BaseStatus>;

/** Ready of a pull secret is: its tokens are good for a while, the Secret stands everywhere it should, as it was declared. */
export const PULL_SECRET_DEPENDENTS = ['TokenValid', 'Delivered', 'Accepted'] as const;

/** The status fields of a pull secret (pure). */
export function statusFields({ matched, ready, failures, lives }: Survey): Fields {
  const shown = failures.slice(0, 20).map(({ namespace, reason, message }) => ({
    namespace,
    reason,
    message: short(message),
  }));
  const tokenScope = lives.map(({ scope }) => scope).reduce(wider, undefined);
  const tokens = [...lives].sort((a, b) => (a.login < b.login ? -1 : 1)).map(tokenFields);
  return {
    namespaces: { matched, ready, failed: failures.length },
    ...(shown.length > 0 ? { failures: shown } : {}),
    ...(tokenScope ? { tokenScope } : {}),
    ...(tokens.length > 0 ? { tokens } : {}),
  };
}

/** Well-formed: the API server stores half a character as another one, and the status would change for ever. */
function short(message: string): string {
  return cutText(message, 500);
}

function tokenFields({
  login,
  ids,
  scope,
  issuedAt,
  expiresAt,
  rotateAt,
  failure,
}: TokenLife): PullSecretToken {
  return {
    registry: login,
    ...(scope ? { scope } : {}),
    count: ids.size,
    ...(issuedAt === undefined ? {} : { issuedAt: timestamp(issuedAt) }),
    ...(expiresAt === undefined ? {} : { expiresAt: timestamp(expiresAt) }),
    ...(rotateAt === undefined ? {} : { nextRotation: timestamp(rotateAt) }),
    ...(failure ? { reason: failure.reason, message: short(failure.message) } : {}),
  };
}

/**
 * Whether the tokens are good (pure): Ready falls when a quarter of the life of one is left, so that somebody looks
 * before it is too late.
 */
export function tokenValid(lives: readonly TokenLife[], now: number): ConditionState {
  const type = 'TokenValid';
  const missing = lives.find(({ expiresAt, failure }) => expiresAt === undefined && failure);
  if (missing?.failure) {
    const { reason, message, occurrence } = missing.failure;
    return {
      type,
      status: 'False',
      reason,
      message: `${prefix(lives, missing)}${message}${meanwhile(lives, now)}`,
      occurrence,
    };
  }
  if (lives.length === 0)
    return {
      type,
      status: 'True',
      reason: 'NoTokenWanted',
      message: 'no namespace takes a token from this object',
    };
  const ending = endingFirst(lives);
  if (!ending || lives.some(({ expiresAt }) => expiresAt === undefined)) {
    return { type, status: 'Unknown', reason: 'TokenPending', message: 'the first token has not come yet' };
  }
  const { expiresAt, failure } = ending;
  const end = timestamp(expiresAt);
  const because = failure ? `; the last attempt to renew it: ${failure.message}` : '';
  const which = prefix(lives, ending);
  if (expiresAt <= now)
    return {
      type,
      status: 'False',
      reason: 'TokenExpired',
      message: `${which}the token ran out at ${end}: pulls fail${because}`,
    };
  if (now >= worrisomeAt(ending))
    return {
      type,
      status: 'False',
      reason: 'TokenExpiring',
      message: `${which}the token runs out at ${end}, then pulls fail${because}`,
    };
  return { type, status: 'True', reason: 'TokenValid', message: `pulls work, with a token until ${end}` };
}

/** Says which login is meant, where there are several. */
function prefix(lives: readonly TokenLife[], { login }: Pick<TokenLife, 'login'>): string {
  return lives.length > 1 ? `${login}: ` : '';
}

function meanwhile(lives: readonly TokenLife[], now: number): string {
  const good = lives.filter(({ expiresAt = 0 }) => expiresAt > now).map(({ login }) => login);
  return good.length > 0 ? `; pulls from ${good.join(', ')} work` : '';
}

type Ending = TokenLife & { readonly issuedAt: number; readonly expiresAt: number };

/** The life that needs attention first. */
export function endingFirst(lives: readonly TokenLife[]): Ending | undefined {
  const known = lives.filter(
    (life): life is Ending => life.expiresAt !== undefined && life.issuedAt !== undefined,
  );
  return known.sort((a, b) => worrisomeAt(a) - worrisomeAt(b))[0];
}

/** When a quarter of the life is left (ms). */
export function worrisomeAt({ issuedAt, expiresAt }: Pick<Ending, 'issuedAt' | 'expiresAt'>): number {
  return expiresAt - (expiresAt - issuedAt) / 4;
}

/** Whether the last renewals worked (pure); without one yet, nothing is said. */
export function refreshed(lives: readonly TokenLife[], now: number): ConditionState[] {
  const type = 'Refreshed';
  const failed = lives.find(({ failure }) => failure);
  if (failed?.failure) {
    const { reason, message, occurrence } = failed.failure;
    const deadline = failed.expiresAt === undefined ? '' : `${deadlineOf(failed.expiresAt, now)}; `;
    return [
      { type, status: 'False', reason, message: `${prefix(lives, failed)}${deadline}${message}`, occurrence },
    ];
  }
  const isKnown = lives.length > 0 && lives.every(({ expiresAt }) => expiresAt !== undefined);
  return isKnown ? [{ type, status: 'True', reason: 'Refreshed', message: 'the last renewal worked' }] : [];
}

function deadlineOf(expiresAt: number, now: number): string {
  const end = timestamp(expiresAt);
  return expiresAt > now ? `pulls work until ${end}` : `pulls fail since ${end}`;
}

/** Whether the Secret stands in every namespace that it should (pure). */
export function delivered({ matched, ready, failures }: Survey): ConditionState {
  const type = 'Delivered';
  const [first] = failures;
  const count = `${ready} of ${matched} namespaces have the Secret`;
  if (first) {
    const reasons = new Set(failures.map(({ reason }) => reason));
    const reason = reasons.size === 1 ? first.reason : 'NamespacesFailed';
    return { type, status: 'False', reason, message: `${count}; ${first.namespace}: ${first.message}` };
  }
  if (ready < matched) return { type, status: 'Unknown', reason: 'Delivering', message: `${count} so far` };
  const message = matched === 0 ? 'no namespace is selected' : count;
  return { type, status: 'True', reason: 'Delivered', message };
}
