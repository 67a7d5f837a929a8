/** A word, a number, or one other sign. */
const TOKEN = /\p{L}+(?:['\u2019]\p{L}+)*|\p{N}+(?:[.,]\p{N}+)*|[^\s\p{L}\p{N}]/gu;
/** What every number becomes: which one it is, is rarely repeated. */
export const NUMBER = "0";
/** A sentence ends after . ! or ? (and a closing quote or bracket) before white space, or with an empty line. */
const END = /(?<=[.!?]["'\u201d\u2019)\]]*)\s+(?=\S)|\n\s*\n/u;
/** Ends that are none: "Mr. Speaker", "U.S. forces", "J. Adams". */
const ABBREVIATION = /(?:^|[\s(])(?:(?:Mr|Mrs|Ms|Dr|St|Messrs|Gen|Col|Capt|Gov|Sen|Rep|No|vs|etc|e\.g|i\.e)\.|(?:\p{L}\.)+)$/iu;

/** Words of a text, lower-case, every number alike, other signs one by one. */
export function wordsOf(text: string): string[] {
  return Array.from(text.matchAll(TOKEN), ([token]) => (/^\p{N}/u.test(token) ? NUMBER : token.toLowerCase().replaceAll("\u2019", "'")));
}

/** Sentences of a text, in order, none of them empty. */
export function sentencesOf(text: string): string[] {
  const found: string[] = [];
  let open = "";
  for (const part of text.split(END)) {
    open = open === "" ? part.trim() : `${open} ${part.trim()}`;
    if (open === "" || ABBREVIATION.test(open)) continue;
    found.push(open);
    open = "";
  }
  return open === "" ? found : [...found, open];
}
