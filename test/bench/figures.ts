/** The value below which a share (0 to 1) of the samples lies; nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

/** The largest of any number of values: a call takes only so many arguments. */
export function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}

/** Milliseconds as a person reads them. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

/** Bytes as a person reads them. */
export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

/** What the benchmark prints, in 80 columns. */
export interface Report {
  /** Begins a part. */
  part(title: string): void;
  /** A name, and figures with their units. */
  row(name: string, ...figures: readonly string[]): void;
  /** A row whose figures have to be so; where they are not, it says WRONG, and the benchmark fails in the end. */
  check(holds: boolean, name: string, ...figures: readonly string[]): void;
  /** The names of the rows that were wrong. */
  wrong(): readonly string[];
}

const NAME_COLUMNS = 46;

/** A {@link Report} on standard output. */
export function createReport(
  write: (text: string) => unknown = (text) => process.stdout.write(text),
): Report {
  const wrong: string[] = [];
  const row = (name: string, ...figures: readonly string[]): void =>
    void write(`${`${name.padEnd(NAME_COLUMNS)} ${figures.join('   ')}`.trimEnd()}\n`);
  return {
    row,
    part: (title) => void write(`\n${title}\n`),
    check(holds, name, ...figures) {
      if (!holds) wrong.push(name.trim());
      row(name, ...figures, ...(holds ? [] : ['WRONG']));
    },
    wrong: () => wrong,
  };
}
