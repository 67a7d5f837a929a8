import { Html, html } from "./html.ts";
import { STYLE } from "./style.ts";

// A report may not fetch or run anything, whatever a label or a path contains.
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** A self-contained HTML page: head with the style sheet, the title above the body, the foot. */
export function htmlPage(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} \u2013 nearfar</title><style>${new Html(STYLE)}</style></head>
<body><main><div class="brand"><b>nearfar</b><span>${title}</span></div>
${body}
<footer>Written by nearfar. This file is complete in itself: it loads nothing and sends nothing.</footer></main></body></html>
`.text;
}
