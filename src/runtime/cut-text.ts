/**
 * The text, and no more of it than so many UTF-16 code units (pure). Half a character, which a cut may leave, is made
 * whole, since the API server stores U+FFFD for it: we would find our own status changed for ever.
 */
export function cutText(text: string, longest: number): string {
  return text.slice(0, longest).toWellFormed();
}
