/** Prints a figure for docs/measurements.md. */
export function measured(figure: string): void {
  process.stdout.write(`measured: ${figure}\n`);
}

/** Milliseconds as they are printed. */
export function ms(time: number): string {
  return `${Math.round(time)} ms`;
}
