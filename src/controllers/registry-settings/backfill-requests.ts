import { BACKFILL_ANNOTATION, BACKFILL_STOP_ANNOTATION } from '../../api/names.ts';
import type { Registry, RegistryStatusReplication } from '../../api/registry.generated.ts';
import { cutText } from '../../runtime/cut-text.ts';
import type { Happening } from '../../runtime/outcome.ts';
import { isOver } from './backfill-words.ts';

/** The longest value of an annotation that a status repeats. */
const LONGEST_REQUEST = 256;

/** What the annotations of the Registry say (pure). */
export function requestsOf({ metadata: { annotations = {} } }: Registry) {
  const given = (name: string): string | undefined =>
    annotations[name] ? cutText(annotations[name], LONGEST_REQUEST) : undefined;
  return { start: given(BACKFILL_ANNOTATION), stop: given(BACKFILL_STOP_ANNOTATION) };
}

/** Whether an annotation of the Registry, new or not, asks for something, or something is under way (pure). */
export function concernsBackfill(registry: Registry, known: RegistryStatusReplication = {}): boolean {
  const { start, stop } = requestsOf(registry);
  return start !== undefined || stop !== undefined || wantsBackfill(registry, known);
}

/** Whether annotations of the Registry ask for something new, or something is under way (pure). */
export function wantsBackfill(registry: Registry, known: RegistryStatusReplication = {}): boolean {
  const { start, stop } = requestsOf(registry);
  return (
    (start !== undefined && start !== known.backfillRequest) ||
    (stop !== undefined && stop !== known.backfillStopRequest) ||
    (known.backfills ?? []).some(({ state }) => !isOver({ state }))
  );
}

/** What is left of a request that is not followed. */
export interface RefusedBackfill {
  readonly replication: RegistryStatusReplication;
  readonly happenings: readonly Happening[];
}

/** A new request that is not followed, and why; what is under way goes on (pure). */
export function refuseBackfill(
  registry: Registry,
  known: RegistryStatusReplication,
  why: string,
): RefusedBackfill {
  const { start } = requestsOf(registry);
  if (start === undefined || start === known.backfillRequest) return { replication: known, happenings: [] };
  const message = `no replication backfill is begun: ${why}`;
  return {
    replication: { ...known, backfillRequest: start },
    happenings: [{ type: 'Warning', reason: 'BackfillFailed', message }],
  };
}
