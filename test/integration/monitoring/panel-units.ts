/** A value with Grafana's units, as far as the dashboard has them. */
export function shown(value: number, unit: string): string {
  if (unit === 's') return duration(value);
  if (unit === 'bytes') return scaled(value, 1_024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
  const suffix = { reqps: '/s', ops: '/s' }[unit] ?? '';
  return `${scaled(value, 1_000, ['', 'k', 'M', 'G'])}${suffix}`;
}

function duration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size === 0) return '0 s';
  if (size < 1) return `${Number((seconds * 1_000).toPrecision(3))} ms`;
  if (size < 120) return `${Number(seconds.toPrecision(3))} s`;
  if (size < 7_200) return `${Number((seconds / 60).toPrecision(3))} min`;
  return `${Number((seconds / 3_600).toPrecision(3))} h`;
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let [rest, index] = [value, 0];
  while (Math.abs(rest) >= base && index < units.length - 1) {
    rest /= base;
    index += 1;
  }
  return `${Number(rest.toPrecision(3))}${units[index] ? ` ${units[index]}` : ''}`;
}
