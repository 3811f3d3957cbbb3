/* Words as the search compares them: without accents, case and signs. "!!!" stays itself. */
export function folded(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  return plain.replace(/[^\p{L}\p{N}]+/gu, " ").trim() || plain.trim();
}

/* A name as it is filed: without its article, as the lists of artists and labels are. */
export function filed(text) {
  return folded(text).replace(/^(the|an?|die|der|das|le|la|les|el|los|il|l) (?=.)/u, "");
}
