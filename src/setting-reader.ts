import { readFlags, SETTINGS, type SettingName } from './settings.ts';

/** Reads settings by name; what is wrong with one goes to `problems`, and reading goes on. */
export interface SettingReader {
  readonly problems: string[];
  /** As it was given, or its default. */
  text(name: SettingName): string;
  /** The value, whether it `holds` or not; `want` says what to write. */
  check<T>(name: SettingName, value: T, holds: boolean, want: string): T;
  /** A whole number from 1. */
  count(name: SettingName, most: number): number;
  /** One of these words. */
  choice<T extends string>(name: SettingName, words: readonly T[]): T;
  yes(name: SettingName): boolean;
  /** The name of an object, such as `a namespace`. */
  name(name: SettingName, what: string): string;
  /** The words between commas, each once. */
  list(name: SettingName): readonly string[];
}

/** Flags go before the environment. */
export function createSettingReader(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): SettingReader {
  const problems: string[] = [];
  const flags = readFlags(args, problems);
  const text = (name: SettingName): string =>
    flags[SETTINGS[name].flag] ?? env[SETTINGS[name].env] ?? SETTINGS[name].fallback;

  function check<T>(name: SettingName, value: T, holds: boolean, want: string): T {
    if (!holds) problems.push(`${namesOf(name)} is "${text(name)}": ${want}`);
    return value;
  }

  function choice<T extends string>(name: SettingName, words: readonly T[]): T {
    const word = text(name) as T;
    return check(name, word, words.includes(word), `write ${alternatives(words)}`);
  }

  return {
    problems,
    text,
    check,
    choice,
    count(name, most) {
      const value = Number(text(name));
      const holds = Number.isInteger(value) && value >= 1 && value <= most;
      return check(name, value, holds, `write a number from 1 to ${most}`);
    },
    yes: (name) => choice(name, ['true', 'false']) === 'true',
    name: (name, what) => check(name, text(name), isName(text(name)), `write the name of ${what}`),
    list(name) {
      const words = text(name)
        .split(',')
        .map((word) => word.trim());
      return Object.freeze([...new Set(words.filter(Boolean))]);
    },
  };
}

/** Both names of a setting. */
export function namesOf(name: SettingName): string {
  return `--${SETTINGS[name].flag} (or ${SETTINGS[name].env})`;
}

function alternatives(words: readonly string[]): string {
  const [last, ...others] = [...words].reverse();
  return `${others.reverse().join(', ')} or ${last}`;
}

/** RFC 1123 subdomain: what objects may be called. */
export function isName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);
}
