import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What came of a call: `denied` is a refusal for want of rights, `failed` every other error. */
export type Outcome = 'ok' | 'denied' | 'failed';

/** How the operator came to it: its own call, or a pull with a token that it was given. */
export type Means = 'call' | 'token';

/** One thing that the operator asked of AWS, once for each form, however often. */
export interface OperatorAction {
  /** As IAM writes it: `ecr:CreateRepository`. */
  readonly action: string;
  /** As {@link resourceForm} has it. */
  readonly form: string;
  readonly means: Means;
  readonly outcome: Outcome;
}

/** Notes what the operator asks for, each thing once. */
export interface OperatorRecord {
  add(action: OperatorAction): void;
}

/**
 * What an ARN comes to when names are left out: `repository/NAME`, `repository/*` for a list of all, `role/NAME`; `*`
 * stays as it is.
 */
export function resourceForm(arn: string): string {
  const [kind, ...rest] = arn.split(':').slice(5).join(':').split('/');
  const name = rest.join('/');
  if (name === '') return '*';
  return `${kind}/${name === '*' ? '*' : 'NAME'}`;
}

/** The class of a result as the action record has it: `ok`, `lost`, or an error's name. */
export function outcomeOf(result: string): Outcome {
  if (result === 'ok' || result === 'lost') return 'ok';
  return /^AccessDenied/.test(result) ? 'denied' : 'failed';
}

/** Whether a `User-Agent` is that of the operator: src/ecr/client-settings.ts puts its name there. */
export function isOperator(userAgent: string | undefined): boolean {
  return /(^| )ecr-operator\//.test(userAgent ?? '');
}

/**
 * @param folder one file of its own is written there, so that test workers do not come in each other's way; nothing is
 * noted without. `ECR_OPERATOR_LAB_ACTIONS` names it for a run of the whole suite.
 */
export function createOperatorRecord(folder: string | undefined): OperatorRecord {
  const file = join(folder ?? '', `${process.pid}-${randomUUID()}.jsonl`);
  const known = new Set<string>();
  return {
    add({ action, form, means, outcome }) {
      if (folder === undefined) return;
      const line = JSON.stringify({ action, form, means, outcome });
      if (known.has(line)) return;
      known.add(line);
      appendFileSync(file, `${line}\n`);
    },
  };
}

/** Everything that was noted in a folder, each thing once, in order. */
export async function readOperatorRecord(folder: string): Promise<readonly OperatorAction[]> {
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  const lines = new Set(texts.flatMap((text) => text.split('\n')).filter(Boolean));
  return [...lines].sort().map((line) => JSON.parse(line) as OperatorAction);
}
