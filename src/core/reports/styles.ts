/** The style sheet of a report: no file, no font and no image from anywhere. Both themes on a screen, ink on paper. */
export const REPORT_CSS = `
:root{color-scheme:light dark;--bg:light-dark(#fff,#111315);--surface:light-dark(#f6f7f7,#181b1d);--text:light-dark(#171a1c,#e7e9ea);--muted:light-dark(#596167,#9ba4aa);--line:light-dark(#e2e5e6,#2a2f32);--strong:light-dark(#8b9499,#6a737a);--accent:light-dark(#0b6e69,#62c9bf);--alert:light-dark(#9f2a1d,#f19b8e);--wrong:light-dark(#b4520a,#f5a662)}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/20px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
main{max-width:1040px;margin:0 auto;padding:40px 24px 64px}
header{padding-bottom:16px;border-bottom:1px solid var(--strong)}
h1{margin:0 0 8px;font-size:24px;line-height:30px;font-weight:600;overflow-wrap:anywhere}
h2{margin:40px 0 12px;font-size:17px;line-height:24px;font-weight:600}
h3{margin:24px 0 8px;font-size:14px;line-height:20px;font-weight:600}
p{max-width:76ch;margin:0 0 8px}
.note,.muted{color:var(--muted);font-size:12.5px;line-height:18px}
.alert{padding-left:12px;border-left:3px solid var(--alert);color:var(--alert)}
nav ul{display:flex;flex-wrap:wrap;gap:4px 16px;margin:12px 0 0;padding:0;list-style:none}
a{color:var(--accent)}
.scroll{overflow-x:auto}
.scroll+.note{margin-top:6px}
.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;font-size:12.5px;line-height:17px;font-variant-numeric:tabular-nums}
th,td{padding:4px 10px 4px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{font-weight:600}
thead th{border-bottom-color:var(--strong);vertical-align:bottom}
tbody th{font-weight:400}
.num{text-align:right}
th,td{white-space:nowrap}
.wide{min-width:18ch;white-space:normal;overflow-wrap:anywhere}
.hash{white-space:normal;font:11.5px/17px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.best{font-weight:600}
.row-best{text-decoration:underline;text-underline-offset:3px}
.heat td{padding:4px 8px;border-bottom-color:var(--bg);background:color-mix(in srgb,var(--accent) calc(var(--h)*4%),var(--bg))}
${Array.from({ length: 11 }, (_, i) => `.h${i}{--h:${i}}`).join('')}
.plots{display:flex;flex-wrap:wrap;gap:16px 24px;margin:12px 0 16px;overflow-x:auto}
.plots:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
svg{flex:none;height:auto;font:11.5px system-ui,sans-serif;fill:var(--text)}
.end{text-anchor:end}.middle{text-anchor:middle}
text.muted{fill:var(--muted);font-size:11px}text.strong{font-weight:600}
.grid{stroke:var(--line)}.chance{stroke:var(--strong);stroke-dasharray:4 3}.axis{stroke:var(--strong)}
.bar{stroke:var(--muted)}.dot{fill:var(--bg);stroke:var(--text);stroke-width:1.5}.dot.best{fill:var(--text)}
.curve{fill:none;stroke:var(--accent)}.blob{fill:var(--accent);fill-opacity:.7}
.right{fill:var(--accent)}.wrong{fill:var(--wrong)}
.pair{margin:16px 0;padding-top:8px;border-top:1px solid var(--line);break-inside:avoid}
.pair div{display:flex;flex-wrap:wrap;gap:12px}
.pair figure{margin:0;max-width:220px}
.pair img{display:block;max-width:100%;max-height:220px;background:#060708}
footer{margin-top:40px;padding-top:12px;border-top:1px solid var(--line)}
@media(max-width:640px){main{padding:24px 16px 48px}}
@page{size:A4;margin:14mm 12mm}
@media print{:root{color-scheme:light}body{font-size:10pt;line-height:13.5pt}main{max-width:none;padding:0}nav{display:none}h2{margin-top:20pt}h2,h3{break-after:avoid}table{font-size:7.5pt;line-height:10pt}th,td{padding:2pt 6pt 2pt 0}.heat td{padding:2pt 5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}.scroll,.plots{overflow:visible}th,td{white-space:normal}td.num,td.short{white-space:nowrap}.hash{white-space:normal}tr,.plots svg{break-inside:avoid}thead{display:table-header-group}.hash{font-size:6.5pt;line-height:9pt}p{max-width:none}svg{max-width:100%;print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
