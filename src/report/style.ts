/** Style sheet of charts, gallery and tables, light and dark: inlined into the report, adopted by the page. */
export const STYLE = `
:root{color-scheme:light dark;
--paper:#fbfbf9;--card:#fff;--ink:#17191c;--soft:#5b626b;--faint:#8d949c;--rule:#e4e4df;--grid:#eeeeea;
--accent:#1f5fae;--accent-soft:#b7cdea;--bar:#c9ccd0;--wrong:#b3261e;--warn:#8a5200;--warn-bg:#fdf3df;--warn-rule:#ecd5a5;--code:#f1f1ed;
--c0:#2f7fd6;--c1:#f09a00;--c2:#b81e02;--c3:#7f8f8d;--c4:#832db6;--c5:#9c5a48;--c6:#e26300;--c7:#a3954e;--c8:#5b5f6e;--c9:#4fb8c0}
@media (prefers-color-scheme:dark){:root{
--paper:#131519;--card:#1a1d22;--ink:#e9eaec;--soft:#a5acb5;--faint:#7b838d;--rule:#2c3037;--grid:#24282e;
--accent:#79b1f5;--accent-soft:#2f4a6b;--bar:#474d56;--wrong:#ff8a7d;--warn:#f0c36a;--warn-bg:#2b2415;--warn-rule:#4d3f1e;--code:#22262c;
--c0:#59a5ee;--c1:#ffb129;--c2:#f2583a;--c3:#a9b8b6;--c4:#bd77ee;--c5:#c98a77;--c6:#ff8436;--c7:#cfc384;--c8:#8f95a6;--c9:#8fdde1}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;
-webkit-text-size-adjust:100%;text-rendering:optimizeLegibility}
main{max-width:1080px;margin:0 auto;padding:44px 28px 72px}
h1,h2,p,figure,dl,dd,ul{margin:0;padding:0}
h1{font-size:clamp(26px,4.2vw,40px);line-height:1.14;letter-spacing:-.022em;font-weight:650;text-wrap:balance}
h2{font-size:20px;line-height:1.25;letter-spacing:-.012em;font-weight:650;margin:56px 0 18px;padding-top:18px;border-top:1px solid var(--rule)}
.brand{font-size:13px;color:var(--soft);letter-spacing:.01em;margin-bottom:18px;display:flex;gap:6px 14px;flex-wrap:wrap;align-items:baseline}
.brand b{color:var(--ink);font-weight:650;font-size:15px;letter-spacing:-.01em}
.brand a{color:var(--soft);margin-left:auto}
.lead{font-size:18px;line-height:1.5;color:var(--soft);max-width:44em;margin-top:14px;text-wrap:pretty}
.lead b{color:var(--ink);font-weight:600}
.lead+.pair{margin-top:18px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:20px}
.trio{display:grid;grid-template-columns:repeat(3,1fr);gap:20px;margin-top:20px}
.trio:has(>:nth-child(4)){grid-template-columns:1fr 1fr}
figure.chart,figure.gallery{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:16px 18px 12px;min-width:0}
.chart{display:flex;flex-direction:column}.chart>svg{margin-top:auto}
figcaption strong{display:block;font-size:15px;font-weight:620;letter-spacing:-.005em}
figcaption span{display:block;font-size:13px;line-height:1.45;color:var(--soft);margin-top:2px;max-width:64em}
.chart svg{display:block;width:100%;height:auto;padding-top:10px;overflow:visible;font-size:12px}
.chart text{fill:var(--soft)}
.chart .num{font-size:11.5px;font-variant-numeric:tabular-nums}
.chart .label{font-size:11.5px;fill:var(--faint)}
.chart .empty{fill:var(--faint);font-size:13px}
.wide{overflow-x:auto}
.grid{stroke:var(--grid);stroke-width:1}
.tick,.axis{stroke:var(--faint);stroke-width:1;opacity:.7}
.line{fill:none;stroke-linejoin:round;stroke-linecap:round}
.line.main{stroke:var(--accent);stroke-width:2.2}
.line.faint{stroke:var(--accent-soft);stroke-width:1.1}
.line.other-faint{stroke:var(--c6);stroke-width:1.1;stroke-opacity:.4}
.dots{fill:none;stroke:var(--accent);stroke-width:6.5;stroke-linecap:round}
.line.other{stroke:var(--c6);stroke-width:2.2}.dots.other{stroke:var(--c6)}
.error{fill:none;stroke:var(--accent);stroke-width:1.3}.error.other{stroke:var(--c6)}
line.ref{stroke:var(--soft);stroke-width:1.2;stroke-dasharray:4 4}
.chart text.end{font-variant-numeric:tabular-nums}
.chart text.end.main{fill:var(--accent);font-weight:650}.chart text.end.other{fill:var(--c6);font-weight:650}
.chart text.growing{stroke:var(--card);stroke-width:4px;paint-order:stroke;stroke-linejoin:round}
.hit{fill:transparent}.hit:hover{fill:var(--ink);fill-opacity:.06}
.bars{display:grid;gap:9px;margin:30px 0 0;font-size:15px}
.bar{display:grid;grid-template-columns:9.5em 1fr 4.2em;gap:0 16px;align-items:center}
.bar svg{display:block;width:100%;height:18px;border-radius:3px;background:var(--grid)}
.bar rect{fill:var(--bar)}
.bar.us{font-weight:650}.bar.us rect{fill:var(--accent)}
.bar .value{font-variant-numeric:tabular-nums;text-align:right}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:18px 24px;margin-top:34px;padding-top:18px;border-top:1px solid var(--rule)}
.facts dt{font-size:13px;color:var(--soft)}
.facts dd{font-size:19px;font-weight:600;letter-spacing:-.01em;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.facts dd small{display:block;font-size:13px;font-weight:400;color:var(--soft);letter-spacing:0}
.badge{display:inline-block;font-size:12px;font-weight:600;line-height:1.5;padding:0 8px;border-radius:99px;color:var(--warn);background:var(--warn-bg);border:1px solid var(--warn-rule);letter-spacing:0;white-space:nowrap}
.notes{list-style:none;margin-top:26px;display:grid;gap:10px}
.notes li{font-size:15px;line-height:1.45;padding:10px 14px;border:1px solid var(--warn-rule);border-radius:8px;background:var(--warn-bg);overflow-wrap:anywhere}
.notes b{color:var(--warn);font-weight:650}
.sees{display:grid;grid-template-columns:1.62fr 1fr;gap:20px;align-items:stretch}
.dot{fill:none;stroke-width:5;stroke-linecap:round;stroke-opacity:.78;transition:stroke-opacity .15s}
${Array.from({ length: 10 }, (_, i) => `.c${i}{stroke:var(--c${i})}`).join("")}
.c5,.c6,.c7,.c8,.c9{stroke-linecap:square;stroke-width:4.2}
.chart .tag{font-size:19px;font-weight:700;fill:var(--ink);stroke:var(--card);stroke-width:5px;paint-order:stroke;stroke-linejoin:round;pointer-events:none}
.legend{list-style:none;display:flex;flex-flow:row wrap;justify-content:center;gap:2px;font-size:14px;margin:6px 0 4px}
.key{display:flex;align-items:center;gap:7px;padding:2px 9px 2px 5px;border-radius:6px;cursor:default;max-width:14em;overflow-wrap:anywhere}
.chart .key svg{width:13px;height:13px;padding:0;flex:none}.key .dot{stroke-width:10;stroke-opacity:1}
.key:hover,.key:focus{background:var(--grid);outline:none}
${Array.from({ length: 10 }, (_, i) => `.plane:has(.k${i}:is(:hover,:focus)) svg[role] .dot:not(.c${i})`).join(",")}{stroke-opacity:.07}
.rows{display:grid;gap:7px;margin-top:14px}
.row{display:flex;gap:5px;align-items:flex-end;min-width:0}
.query,.near{position:relative;flex:1 1 0;min-width:0;text-align:center;font-size:11px;line-height:1.5;color:var(--soft);font-variant-numeric:tabular-nums;white-space:nowrap}
.query{flex-grow:1.3;margin-right:9px;font-size:12px;font-weight:650;color:var(--ink);overflow:hidden;text-overflow:ellipsis}
.row img{display:block;width:100%;height:auto;image-rendering:pixelated;border-radius:4px;background:#000}
.query img{outline:2px solid var(--accent);outline-offset:-1px}
.wrong img{outline:2px solid var(--wrong);outline-offset:-1px}
.wrong b{position:absolute;top:-5px;right:-4px;min-width:15px;max-width:100%;padding:0 3px;border-radius:8px;background:var(--wrong);color:var(--card);font-size:10.5px;line-height:15px;overflow:hidden;text-overflow:ellipsis}
.tables{display:grid;grid-template-columns:1fr 1fr;gap:8px 44px;align-items:start}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{text-align:left;font-weight:620;padding:14px 0 6px;font-size:15px}
th,td{text-align:left;font-weight:400;padding:5px 0;border-top:1px solid var(--rule);vertical-align:top}
th{width:46%;color:var(--soft);padding-right:18px;white-space:nowrap}
td{font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
table.grid{font-size:13px}table.grid th{width:auto;padding-right:4px;white-space:normal}table.grid td,table.grid thead th{text-align:right;padding-left:9px}table.grid td{white-space:nowrap}
table.grid thead th{padding-right:0;vertical-align:bottom}table.grid thead th:first-child{text-align:left}
.go dt{font-size:15px;margin-top:14px}
.go dd{margin-top:5px}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.go code{display:block;background:var(--code);border-radius:7px;padding:9px 13px;overflow-x:auto;white-space:pre}
footer{margin-top:56px;padding-top:16px;border-top:1px solid var(--rule);font-size:13px;color:var(--soft)}
@media (max-width:760px){main{padding:26px 16px 48px}.pair,.trio,.trio:has(>:nth-child(4)),.sees,.tables{grid-template-columns:1fr}.lead{font-size:16px}
.bar{grid-template-columns:1fr max-content}.bar svg{grid-area:2/1/3/3;height:12px;margin:3px 0 4px}
figure.chart,figure.gallery{padding:13px 13px 9px}.facts{grid-template-columns:1fr 1fr}.facts .wide{grid-column:1/-1}
.chart svg{font-size:14px}.chart .num,.chart .label{font-size:13.5px}.chart .tag{font-size:26px}.chart.map .num,.chart.map .label{font-size:19px}.map svg[role] .dot{stroke-width:6.5}th{white-space:normal}}
@media print{body{background:#fff}figure{break-inside:avoid}}
`;
