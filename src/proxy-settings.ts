import type { ProxySettings } from './ecr/client-settings.ts';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY'] as const;

/**
 * The proxies that `env` names; undefined where it names none. Of a name in capitals and in small letters the small one
 * counts, as everywhere. What is wrong goes to `problems`, without the value.
 */
export function readProxy(
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): ProxySettings | undefined {
  const named = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined;
  const found: Partial<Record<keyof ProxySettings, string>> = {};
  for (const name of PROXIES) {
    const url = named(name);
    if (url === undefined) continue;
    if (isProxyUrl(url)) found[name] = url;
    else
      problems.push(
        `${name} (or ${name.toLowerCase()}) names no proxy: write a URL such as http://proxy:3128`,
      );
  }
  if (Object.keys(found).length === 0) return undefined;
  const exceptions = named('NO_PROXY');
  return Object.freeze({ ...found, ...(exceptions ? { NO_PROXY: exceptions } : {}) });
}

function isProxyUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== '';
}
