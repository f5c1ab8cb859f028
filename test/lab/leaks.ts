/** Shorter ones could stand in a text by accident. */
const SHORTEST_SECRET = 16;

/**
 * Which of the secrets stand in a text: raw, or inside of base64 at any offset (a Secret's data, a Basic header).
 * Answers with their places in the list, so that nobody prints them.
 */
export function findLeaks(text: string, secrets: readonly string[]): number[] {
  return secrets.flatMap((secret, index) =>
    formsOf(secret).some((form) => text.includes(form)) ? [index] : [],
  );
}

function formsOf(secret: string): string[] {
  if (secret.length < SHORTEST_SECRET) return [];
  return [secret, ...[0, 1, 2].map((offset) => encodedCore(secret, offset))];
}

/** The base64 characters that depend on the secret alone, when `offset` bytes stand before it. */
function encodedCore(secret: string, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
    .toString('base64')
    .replaceAll('=', '');
  return encoded.slice(offset === 0 ? 0 : offset + 1, -2);
}
