/** What the bench adds to the style sheet of charts and tables: for its report and its page. */
export const BENCH_STYLE = `
.case{margin-top:38px}.case h3{font-size:17px;margin:0 0 2px;font-weight:650}.case p{color:var(--soft);font-size:14px;margin:0}
.case .bars{margin-top:14px}.bar{grid-template-columns:13em 1fr 9em}.bar .why{color:var(--wrong);font-size:13px;overflow-wrap:anywhere}
.scroll{overflow-x:auto;margin-top:12px}.figures th,.figures td{padding:4px 10px 4px 0;white-space:nowrap;width:auto;text-align:right}
.figures th:first-child,.figures td:first-child{text-align:left}.figures td.why{white-space:normal;text-align:left;color:var(--wrong)}
.own{fill:var(--accent)}.other{fill:none;stroke:var(--soft);stroke-width:1.4}`;
