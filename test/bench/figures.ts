/** The value below which a share (0 to 1) of the samples lies; nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

/** Prints one row: a name, and figures with their units. */
export function row(name: string, ...figures: readonly string[]): void {
  process.stdout.write(`${name.padEnd(44)} ${figures.join('   ')}\n`);
}

/** Milliseconds as a person reads them. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}
