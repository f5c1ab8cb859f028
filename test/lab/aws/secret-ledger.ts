import { appendFileSync, chmodSync } from 'node:fs';

/** Every secret the simulator ever gave out, so that a suite can search all output for them. */
export interface SecretLedger {
  add(secret: string): void;
  /** In order of issue. */
  all(): readonly string[];
}

/**
 * @param file one secret is appended per line, mode 0600; `ECR_OPERATOR_LAB_TOKENS` names it for suites that look for
 * leaks in the output of other processes.
 */
export function createSecretLedger(file: string | undefined): SecretLedger {
  const secrets: string[] = [];
  return {
    add(secret) {
      secrets.push(secret);
      if (file === undefined) return;
      appendFileSync(file, `${secret}\n`, { mode: 0o600 });
      // appendFileSync's mode only counts for a file that it creates.
      chmodSync(file, 0o600);
    },
    all: () => [...secrets],
  };
}
