import { conditionOf } from '../../runtime/status.ts';
import { driftSchedule, nextDriftCheck } from '../drift/drift-schedule.ts';
import { READY_STATES } from './object-rows.ts';
import type { Sample, State, StateFamily } from './state-metrics.ts';

/** What is told of objects, Registries and what they hold. */
export const REGISTRY_FAMILIES: readonly StateFamily[] = [
  {
    name: 'ecr_operator_objects',
    help: 'Objects by kind and by the status of their condition Ready; Suspended where spec.suspend is true.',
    labels: ['kind', 'ready'],
    *samples({ objects }) {
      for (const { kind, ready } of objects)
        for (const state of READY_STATES) yield [{ kind, ready: state }, ready[state]];
    },
  },
  {
    name: 'ecr_operator_objects_not_ready',
    help: 'Objects whose condition Ready is False, by kind and reason; docs/reasons.md explains each.',
    labels: ['kind', 'reason'],
    *samples({ objects }) {
      for (const { kind, reasons } of objects)
        for (const [reason, count] of reasons) yield [{ kind, reason }, count];
    },
  },
  {
    name: 'ecr_operator_registry_info',
    help: 'Always 1; the labels say which account and region a Registry stands for.',
    labels: ['registry', 'account', 'region'],
    *samples({ world }) {
      for (const { metadata, spec } of world.registries.values())
        yield [{ registry: metadata.name, account: spec.accountId, region: spec.region }, 1];
    },
  },
  {
    name: 'ecr_operator_registry_ready',
    help: 'Whether a Registry is Ready: 1 or 0. A Registry that is suspended has none.',
    labels: ['registry'],
    *samples({ world }) {
      for (const { metadata, spec, status } of world.registries.values()) {
        if (spec.suspend) continue;
        const isReady = conditionOf(status, 'Ready')?.status === 'True';
        yield [{ registry: metadata.name }, isReady ? 1 : 0];
      }
    },
  },
  {
    name: 'ecr_operator_registry_drift_check_age_seconds',
    help: 'Seconds since all Repositories of a Registry were last compared with ECR, since the operator began.',
    labels: ['registry'],
    samples: driftChecks(({ failure, at }, now) =>
      failure === undefined ? Math.max(0, now - at) / 1_000 : undefined,
    ),
  },
  {
    name: 'ecr_operator_registry_next_drift_check_seconds',
    help: 'Seconds until Repositories of a Registry are to be compared with ECR again; negative when that is overdue.',
    labels: ['registry'],
    *samples({ world, drift, driftSchedule: usual, now }) {
      for (const registry of world.registries.values()) {
        const { name } = registry.metadata;
        const check = drift.get(name);
        if (!check || check.failure !== undefined) continue;
        const dueAt = nextDriftCheck(driftSchedule(registry, usual), check.at);
        if (dueAt !== undefined) yield [{ registry: name }, (dueAt - now) / 1_000];
      }
    },
  },
  {
    name: 'ecr_operator_registry_drift_check_failing',
    help: 'Whether the last comparison of a Registry with ECR could not be done: 1 or 0.',
    labels: ['registry'],
    samples: driftChecks(({ failure }) => (failure === undefined ? 0 : 1)),
  },
  {
    name: 'ecr_operator_repositories',
    help: 'Repositories that are declared in this cluster, by Registry.',
    labels: ['registry'],
    *samples({ images }) {
      for (const { registry, repositories } of images) yield [{ registry }, repositories];
    },
  },
  {
    name: 'ecr_operator_images',
    help: 'Images in the repositories of a Registry that are declared here, when they were last looked at.',
    labels: ['registry'],
    *samples({ images: rows }) {
      for (const { registry, images } of rows) yield [{ registry }, images];
    },
  },
  {
    name: 'ecr_operator_images_bytes',
    help: 'The size of those images as ECR counts it: what images share counts for each.',
    labels: ['registry'],
    *samples({ images }) {
      for (const { registry, bytes } of images) yield [{ registry }, bytes];
    },
  },
  {
    name: 'ecr_operator_image_findings',
    help: 'Findings of scans in the newest 20 images of each of those repositories, by severity.',
    labels: ['registry', 'severity'],
    *samples({ images }) {
      for (const { registry, findings } of images)
        for (const [severity, count] of Object.entries(findings)) yield [{ registry, severity }, count];
    },
  },
];

type Check = NonNullable<ReturnType<State['drift']['get']>>;

function driftChecks(
  read: (check: Check, now: number) => number | undefined,
): (state: State) => Generator<Sample> {
  return function* samples({ world, drift, now }) {
    for (const registry of world.registries.keys()) {
      const check = drift.get(registry);
      const value = check && read(check, now);
      if (value !== undefined) yield [{ registry }, value];
    }
  };
}
