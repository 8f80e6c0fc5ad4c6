// Finding by words, the same as search.py on the server: capitals and accents do not matter.

// Letters that Unicode does not take apart into a plain one and its accent.
const PLAIN = { ł: "l", ø: "o", đ: "d", ı: "i", ð: "d", æ: "ae", œ: "oe", ß: "ss" };

// `text` in the form in which texts are compared.
export function folded(text) {
  const bare = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return bare.replace(/[łøđıðæœß]/g, (letter) => PLAIN[letter]);
}

// Whether every word that somebody typed stands in the folded text.
export function holdsAll(foldedText, typed) {
  return folded(typed).split(/\s+/).filter(Boolean).every((word) => foldedText.includes(word));
}
