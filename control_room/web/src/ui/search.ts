/** Search as people type it: any order of words, no accents, no case. Pure. */

export const plain = (text: string): string =>
  text.normalize("NFD").replace(/\p{Diacritic}/gu, "").replace(/[œŒ]/g, "oe").replace(/[æÆ]/g, "ae").toLowerCase();

export function matches(typed: string, ...texts: string[]): boolean {
  const haystack = plain(texts.join(" "));
  return plain(typed).split(/\s+/).every((word) => haystack.includes(word));
}
