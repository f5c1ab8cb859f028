import { Counter, Histogram, type Registry as MetricRegistry } from 'prom-client';
import {
  PUBLIC_REPOSITORIES,
  PULL_THROUGH_CACHE_RULES,
  REGISTRIES,
  REPOSITORIES,
  REPOSITORY_CREATION_TEMPLATES,
} from '../../api/names.ts';
import { CALL_RESULTS, type CallObserver } from '../../ecr/observe-calls.ts';
import { type AccountRegion, placeKey, publicPlaceOf } from '../../ecr/partition.ts';
import type { EventRecorder } from '../../runtime/events.ts';

/** What happens to tokens and Secrets, for those who count. */
export interface PullSecretCounters {
  /** A new token came. */
  issued(registry: string): void;
  /** None came, for this reason. */
  notIssued(registry: string, reason: string): void;
  /** A Secret was written or taken away; `why` is one of a few words. */
  secretWritten(why: string): void;
}

/** The counters of what the operator does at AWS and in the cluster. */
export interface EventCounters extends PullSecretCounters {
  readonly awsCall: CallObserver;
  /** The same recorder, which counts the drift that it is told of. */
  counting(events: EventRecorder): EventRecorder;
  /** Forgets what belongs to a Registry that is no more. */
  forgetRegistry(registry: string): void;
  /** Keeps the series of these registries of ECR only. */
  retainPlaces(places: readonly AccountRegion[]): void;
}

/** In seconds: AWS answers in some hundredths, and a call is given up after six seconds, three times. */
const CALL_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 6, 20];

/** Registers the counters; they are 0 from the start where it is known what there will be. */
export function createEventCounters(registry: MetricRegistry): EventCounters {
  const families = familiesIn(registry);
  const { issued, notIssued, written, found, mended, calls, times, placeCalls } = families;
  const places = new Map<string, AccountRegion>();
  for (const { kind } of AT_AWS) for (const counter of [found, mended]) counter.inc({ kind }, 0);
  const reasons = new Map<string, Set<string>>();

  function begin(place: AccountRegion): void {
    const key = placeKey(place);
    if (places.has(key)) return;
    places.set(key, place);
    for (const labels of labelsOf(place)) placeCalls.inc(labels, 0);
  }

  function end(key: string, place: AccountRegion): void {
    places.delete(key);
    for (const labels of labelsOf(place)) placeCalls.remove(labels);
  }

  return {
    issued: (name) => issued.inc({ registry: name }),
    notIssued(name, reason) {
      const label = reason === 'RegistryNotFound' ? NO_REGISTRY : name;
      reasons.set(label, (reasons.get(label) ?? new Set()).add(reason));
      notIssued.inc({ registry: label, reason });
    },
    secretWritten: (why) => written.inc({ why }),
    awsCall({ service, operation, result, seconds, place }) {
      calls.inc({ api: service, operation, result });
      times.observe({ api: service, operation }, seconds);
      if (!place) return;
      begin(place);
      placeCalls.inc({ account: place.accountId, region: place.region, result });
    },
    counting: (events) => ({
      flush: events.flush,
      record(resource, object, happening) {
        const { kind } = resource;
        if (happening.reason === 'DriftMended') mended.inc({ kind });
        if (DRIFT.has(happening.reason)) found.inc({ kind });
        events.record(resource, object, happening);
      },
    }),
    forgetRegistry(name) {
      issued.remove({ registry: name });
      for (const reason of reasons.get(name) ?? []) notIssued.remove({ registry: name, reason });
      reasons.delete(name);
    },
    retainPlaces(kept) {
      const keys = new Set(kept.flatMap((place) => [placeKey(place), placeKey(publicPlaceOf(place))]));
      for (const [key, place] of places) if (!keys.has(key)) end(key, place);
    },
  };
}

/** The labels of all series of a place. */
function labelsOf({ accountId: account, region }: AccountRegion) {
  return CALL_RESULTS.map((result) => ({ account, region, result }));
}

/**
 * Stands for all names under which there is no Registry: whoever may make pull secrets can write any number of them. No
 * Registry can be called that.
 */
export const NO_REGISTRY = '(none)';

/** The kinds that somebody else can change at AWS. */
const AT_AWS = [
  REGISTRIES,
  REPOSITORIES,
  PUBLIC_REPOSITORIES,
  PULL_THROUGH_CACHE_RULES,
  REPOSITORY_CREATION_TEMPLATES,
];

const DRIFT: ReadonlySet<string> = new Set(['DriftMended', 'DriftObserved']);

function familiesIn(registry: MetricRegistry) {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  return {
    issued: counter('ecr_operator_tokens_issued_total', 'Tokens that AWS gave, by Registry.', ['registry']),
    notIssued: counter(
      'ecr_operator_token_failures_total',
      'Attempts to get a token that failed, by Registry and reason.',
      ['registry', 'reason'],
    ),
    written: counter(
      'ecr_operator_secrets_written_total',
      'Pull Secrets that were written or taken away, by why: Missing and Edited put right what somebody changed.',
      ['why'],
    ),
    found: counter(
      'ecr_operator_drift_found_total',
      'How often AWS was found to differ from what is declared because somebody else had changed it, by kind.',
      ['kind'],
    ),
    mended: counter(
      'ecr_operator_drift_mended_total',
      'How often something that somebody else had changed at AWS was put right, by kind.',
      ['kind'],
    ),
    calls: counter('ecr_operator_aws_calls_total', 'Calls of AWS by operation and by how they ended.', [
      'api',
      'operation',
      'result',
    ]),
    placeCalls: counter(
      'ecr_operator_aws_account_calls_total',
      'Calls of ECR by account and region, and by how they ended; the region of ECR Public is "public".',
      ['account', 'region', 'result'],
    ),
    times: new Histogram({
      name: 'ecr_operator_aws_call_duration_seconds',
      help: 'How long calls of AWS took, with what the SDK repeats by itself.',
      labelNames: ['api', 'operation'],
      buckets: CALL_BUCKETS,
      registers,
    }),
  };
}
