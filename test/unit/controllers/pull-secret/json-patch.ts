import { isDeepStrictEqual } from 'node:util';
import type { JsonPatchOperation } from '../../../../src/runtime/kube-client.ts';

type Container = Record<string, unknown> | unknown[];

/** RFC 6902, as far as `add`, `remove`, `replace` and `test` go: a changed copy, or an error where the API server says 422. */
export function patched<T>(document: T, operations: readonly JsonPatchOperation[]): T {
  const copy = structuredClone(document);
  for (const operation of operations) applyOne(copy as Container, operation);
  return copy;
}

function applyOne(root: Container, { op, path, value }: JsonPatchOperation): void {
  const steps = path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() ?? '';
  let parent: unknown = root;
  for (const step of steps) parent = (parent as Record<string, unknown> | undefined)?.[step];
  if (typeof parent !== 'object' || parent === null) throw new Error(`${op} ${path}: there is no parent`);
  const present = Array.isArray(parent) ? Number(last) < parent.length : Object.hasOwn(parent, last);
  if (op !== 'add' && !present) throw new Error(`${op} ${path}: there is nothing`);
  if (op === 'test') {
    if (!isDeepStrictEqual((parent as Record<string, unknown>)[last], value))
      throw new Error(`test ${path} failed`);
  } else if (Array.isArray(parent)) {
    inList(parent, op, last === '-' ? parent.length : Number(last), value);
  } else if (op === 'remove') {
    delete (parent as Record<string, unknown>)[last];
  } else {
    (parent as Record<string, unknown>)[last] = value;
  }
}

function inList(list: unknown[], op: 'add' | 'remove' | 'replace', index: number, value: unknown): void {
  if (!Number.isInteger(index) || index > list.length) throw new Error(`${op}: no index ${index}`);
  if (op === 'remove') list.splice(index, 1);
  else list.splice(index, op === 'replace' ? 1 : 0, value);
}
