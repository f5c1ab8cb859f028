import { expect } from '@jest/globals';
import type { KubeObject } from '../../lab/kube-client.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { condition, marker, pullNames, type Scene, secretIn, secretsOf } from './pull-lab.ts';
import { bytesOf, core, type PullObject } from './pull-objects.ts';

export interface EventObject extends KubeObject {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly involvedObject: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

/** The Events about an object, in no order. */
export async function eventsOf({ admin }: Lab, object: PullObject): Promise<readonly EventObject[]> {
  const events = await admin.list<EventObject>({ apiVersion: 'v1', kind: 'Event' });
  return events.filter(({ involvedObject }) => involvedObject.uid === object.metadata.uid);
}

/**
 * The reasons of its Warnings. Not that of a Registry that was seen after what refers to it: both are made at the same
 * time.
 */
export async function warningsOf(lab: Lab, object: PullObject): Promise<readonly string[]> {
  const warnings = (await eventsOf(lab, object)).filter(({ type }) => type === 'Warning');
  return warnings.map(({ reason }) => reason).filter((reason) => reason !== 'RegistryNotFound');
}

/** The Event of that reason about an object, once it is there. */
export function eventOf(lab: Lab, object: PullObject, reason: string): Promise<EventObject> {
  return waitFor(async () => (await eventsOf(lab, object)).find((event) => event.reason === reason), {
    what: `the Event ${reason} of ${object.kind} ${object.metadata.name}`,
  });
}

/** Sets labels of a namespace; null takes one away. */
export async function relabel(
  { admin }: Lab,
  namespace: string,
  labels: Readonly<Record<string, string | null>>,
): Promise<void> {
  await admin.patch(core('Namespace', namespace), { metadata: { labels } });
}

/** Whether the Secret is there, and the ServiceAccount `default` names it. */
export async function isIn(lab: Lab, namespace: string): Promise<boolean> {
  const [secret, names] = await Promise.all([secretIn(lab, namespace), pullNames(lab, namespace)]);
  return secret !== undefined && names.includes('ecr-pull');
}

/** Whether neither is so. */
export async function isOut(lab: Lab, namespace: string): Promise<boolean> {
  const [secret, names] = await Promise.all([secretIn(lab, namespace), pullNames(lab, namespace)]);
  return secret === undefined && !names.includes('ecr-pull');
}

/** Real milliseconds until the state is as wished after the act. */
export async function millisecondsUntil(
  act: () => Promise<unknown>,
  read: () => Promise<boolean>,
  what: string,
): Promise<number> {
  const started = performance.now();
  await act();
  await waitFor(read, { what, intervalMs: 5 });
  return performance.now() - started;
}

/** How many attempts to get a token of that Registry have failed, and are over and done with for the operator. */
export async function failedAttempts(lab: Lab, registry: string): Promise<number> {
  const lines = (await lab.operatorLog()).split('\n');
  return lines.filter((line) => line.includes('token not issued') && line.includes(`"${registry}|`)).length;
}

/** Moves time on by the longest wait between two attempts, so often, and waits for an attempt each time. */
export async function attemptsPass(
  lab: Lab,
  registry: string,
  times: number,
  longestMs: number,
): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    const before = await failedAttempts(lab, registry);
    await lab.advance(longestMs);
    await waitFor(async () => (await failedAttempts(lab, registry)) > before, { what: 'the next attempt' });
  }
}

/** The middle one; of an even number the higher of the two. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** The part of a condition that people read. */
export function told(object: PullObject, type: string) {
  const { status, reason, message } = condition(object.status, type) ?? {};
  return { status, reason, message };
}

/** Resolves when every `ecr-pull` in these namespaces has other bytes than `before`, and all have the same. */
export async function rotatedIn(lab: Lab, namespaces: readonly string[], before: string): Promise<string> {
  const { bytes } = await waitFor(
    async () => {
      const found = new Set((await secretsOf(lab, namespaces)).map(bytesOf));
      return { bytes: [...found][0] ?? '', different: found.size };
    },
    {
      what: `the rotation in ${namespaces.join(', ')}`,
      until: ({ bytes: now, different }) => different === 1 && now !== before,
    },
  );
  return bytes;
}

/** The scene's AWS calls, once there are so many; and still as many when all that was under way has been done. */
export async function calledExactly(lab: Lab, scene: Scene, calls: number): Promise<void> {
  await waitFor(() => ({ calls: scene.calls() }), {
    what: `${calls} calls in all`,
    until: (now) => now.calls >= calls,
  });
  markers += 1;
  await marker(lab, scene, `marker-${markers}`);
  expect(scene.calls()).toBe(calls);
}

let markers = 0;
