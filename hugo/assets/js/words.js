/* Words as the search compares them: without accents, case and signs. "!!!" stays itself. */
export function folded(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  return plain.replace(/[^\p{L}\p{N}]+/gu, " ").trim() || plain.trim();
}
