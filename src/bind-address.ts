/** Where a server listens; the host '' is every address of the machine, the port 0 any that is free. */
export interface BindAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `:8080`, `127.0.0.1:8080` or `[::1]:8080`; `0` is no address, and gives `none`. Undefined for all else. */
export function readBindAddress(text: string): BindAddress | 'none' | undefined {
  if (text === '0') return 'none';
  const [, bracketed, plain = '', digits = ''] = /^(?:\[([^\]]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (digits === '' || port > 65_535) return undefined;
  if (bracketed !== undefined && !URL.canParse(`http://[${bracketed}]/`)) return undefined;
  return { host, port };
}

/** Whoever has a port on one of these has it on all. */
const EVERY: ReadonlySet<string> = new Set(['', '0.0.0.0', '::']);

/** Whether two servers would take the same port from one another. */
export function collide(one: BindAddress | undefined, other: BindAddress | undefined): boolean {
  if (!one || !other || one.port === 0 || one.port !== other.port) return false;
  return one.host === other.host || EVERY.has(one.host) || EVERY.has(other.host);
}
