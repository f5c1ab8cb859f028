import type { PolicyStatement } from '../../../src/ecr/grants.ts';

/** A policy of these statements, those that are texts in their own words. */
export function policyOf(...statements: readonly (string | PolicyStatement)[]): string {
  const texts = statements.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  return `{"Version":"2012-10-17","Statement":[${texts.join(',')}]}`;
}
