/** Markup that is inserted as it is: made by `html`, or from a constant. */
export class Html {
  constructor(
    /** The markup. */
    readonly text: string,
  ) {}

  toString(): string {
    return this.text;
  }
}

/** What a template may contain: text and numbers are escaped, markup is kept, lists are joined, null and false leave nothing. */
export type Part = Html | string | number | null | undefined | false | readonly Part[];

const ENTITIES: { readonly [character: string]: string } = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text that can stand between tags and inside quoted attributes. */
export function escapeText(text: string): string {
  // XML and HTML have no way to write the other control characters.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd").replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
}

/** Template tag: escapes every interpolated text, so that file names, class names and messages can never become markup. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, i) => text + (i < parts.length ? markup(parts[i]) : "")).join(""));
}

function markup(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(markup).join("");
  return escapeText(String(part));
}
