/**
 * For every client of AWS. The SDK itself waits for ever, and a worker with it; no call that we make takes this long,
 * and one that does is repeated.
 */
export const REQUEST_HANDLER = {
  connectionTimeout: 5_000,
  requestTimeout: 15_000,
  throwOnRequestTimeout: true,
} as const;
