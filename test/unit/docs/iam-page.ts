import { readPage, rowsOf } from './markdown.ts';

/** A row of "Actions behind ours" in docs/spec/iam.md. */
export interface ActionBehind {
  readonly action: string;
  /** What AWS demands it behind. */
  readonly behind: string;
  /** Files of deploy/iam, without `.json`. */
  readonly files: readonly string[];
  /** Why no file has it, or for whom; may be empty where a file has it. */
  readonly words: string;
  /** Where AWS says so. */
  readonly source: string;
}

/** The rows of the table, one for each action. */
export async function actionsBehind(): Promise<readonly ActionBehind[]> {
  const rows = rowsOf(await readPage('docs/spec/iam.md')).filter((row) => row.length === 4);
  return rows.flatMap(([actions = '', behind = '', where = '', source = '']) =>
    wordsIn(actions).map((action) => ({
      action,
      behind,
      files: wordsIn(where).map((file) => file.replace(/\.json$/, '')),
      words: where.replaceAll(/`[^`]+`/g, '').trim(),
      source,
    })),
  );
}

function wordsIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}
