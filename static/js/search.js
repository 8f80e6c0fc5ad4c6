// Search by words, the same as search.py on the server: capitals, accents and punctuation do not
// matter.

const APOSTROPHES = /['`\u00b4\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\uff07]/g;
const HYPHEN = /[-\u2010\u2011\u2012\u2013\ufe63\uff0d]/;
// The accents of Latin, Greek, Cyrillic, Hebrew and Arabic. The marks of other scripts are letters.
const MARKS =
  /[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/g;
// Letters that Unicode does not split into a plain letter and an accent.
const PLAIN = {
  ł: "l", ø: "o", đ: "d", ð: "d", ħ: "h", ı: "i", ŧ: "t", ŋ: "n",
  ə: "e", ĸ: "k", æ: "ae", œ: "oe", þ: "th", ß: "ss", ς: "σ", ʼ: "",
};

function bare(text) {
  const small = text.replace(APOSTROPHES, "").normalize("NFKD").toLowerCase();
  return small.normalize("NFKD").replace(MARKS, "").replace(/[łøđðħıŧŋəĸæœþßςʼ]/g, (letter) => PLAIN[letter]);
}

// Returns the words of `typed`, folded; a hyphen ends a word.
export function words(typed) {
  return bare(typed).split(/[^\p{L}\p{M}\p{N}%_\\]+/u).filter(Boolean);
}

// Returns `text` in the form in which a search looks for its words; a word with a hyphen is there in
// parts and as one.
export function folded(text) {
  const joined = text.split(/\s+/).filter((each) => HYPHEN.test(each.replace(/^[-\u2013]+|[-\u2013]+$/g, "")));
  return [...words(text), ...joined.map((each) => words(each).join(""))].join(" ");
}

// Whether the folded text contains every typed word. Signs without letters are found nowhere.
export function holdsAll(foldedText, typed) {
  const wanted = words(typed);
  return (wanted.length ? wanted : typed.split(/\s+/).filter(Boolean)).every((word) => foldedText.includes(word));
}
