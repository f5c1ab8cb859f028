import type { RegistryStatusReplicationBackfill } from '../../api/registry.generated.ts';
import type { Happening } from '../../runtime/outcome.ts';

type Backfill = RegistryStatusReplicationBackfill;

const OVER: ReadonlySet<Backfill['state']> = new Set(['COMPLETE', 'FAILED', 'STOPPED', 'REFUSED']);

/** Whether nothing more becomes of it. */
export function isOver({ state }: Pick<Backfill, 'state'>): boolean {
  return OVER.has(state);
}

/** That backfills were asked for. */
export function backfillBegun(backfills: readonly Backfill[]): Happening {
  const message = `replication backfill to ${backfills.map(placeOf).join(', ') || 'no destination: none is declared'}`;
  return { type: 'Normal', reason: 'BackfillStarted', message };
}

/** One Event when the last of them is over. */
export function backfillEnd(before: readonly Backfill[], after: readonly Backfill[]): Happening[] {
  const goesOn = (all: readonly Backfill[]) => all.some((one) => !isOver(one));
  if (!goesOn(before) || goesOn(after)) return [];
  const isBad = ({ state, failed = 0 }: Backfill) => state === 'FAILED' || state === 'REFUSED' || failed > 0;
  const words = after.map((one) => {
    const counts = one.total === undefined ? '' : `, ${one.completed ?? 0} of ${one.total} copied`;
    return `${placeOf(one)} ${one.state}${counts}${one.message ? ` (${one.message})` : ''}`;
  });
  const message = `replication backfill is over: ${words.join('; ')}`;
  return after.some(isBad)
    ? [{ type: 'Warning', reason: 'BackfillFailed', message }]
    : [{ type: 'Normal', reason: 'BackfillFinished', message }];
}

function placeOf({ region, accountId }: Backfill): string {
  return `${region} of ${accountId}`;
}
