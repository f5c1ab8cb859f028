import type { ResourceType } from '../../../src/runtime/resource.ts';

/** A kind that no cluster has. */
export const THINGS = {
  group: 'example.com',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  namespaced: true,
} as const satisfies ResourceType;

/** What holds a Thing back while something is left of it. */
export const FINALIZER = 'example.com/finalizer';
