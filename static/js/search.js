// Search by words, the same as search.py on the server: capitals and accents do not matter.

// Letters that Unicode does not split into a plain letter and an accent.
const PLAIN = { ł: "l", ø: "o", đ: "d", ı: "i", ð: "d", æ: "ae", œ: "oe", ß: "ss" };

// Returns `text` in the form in which texts are compared.
export function folded(text) {
  const bare = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return bare.replace(/[łøđıðæœß]/g, (letter) => PLAIN[letter]);
}

// Whether the folded text contains every typed word.
export function holdsAll(foldedText, typed) {
  return folded(typed).split(/\s+/).filter(Boolean).every((word) => foldedText.includes(word));
}
