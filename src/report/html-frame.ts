/** The frame every page shares: no script, no request to anywhere, light and dark, screen and paper. */
import { html, type Markup } from './html-markup.ts';

/** Nothing may be loaded, sent or framed; only the styles in the page itself count. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const style = `
:root{color-scheme:light dark;--bg:#fff;--panel:#f6f7f9;--line:#d9dde3;--text:#1b2027;--dim:#5b6675;--link:#0a58ca;
--del:#ffebe9;--delmark:#ffc1bc;--ins:#e3f7e6;--insmark:#a5e3b0;--moved:#e8effc;--good:#1a7f37;--warn:#9a6700;--bad:#cf222e;--accent:#3366cc}
@media (prefers-color-scheme:dark){:root{--bg:#11151b;--panel:#191f27;--line:#303946;--text:#e3e8ee;--dim:#98a3b1;--link:#7db4ff;
--del:#3b1d20;--delmark:#7d2c30;--ins:#16301f;--insmark:#236a38;--moved:#1c2a44;--good:#56d364;--warn:#e3b341;--bad:#ff7b72;--accent:#7aa2f7}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem clamp(.75rem,3vw,2.5rem) 4rem;max-width:90rem;background:var(--bg);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2.5rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .5rem}p{margin:.4rem 0}a{color:var(--link)}
code,pre,table,figcaption{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.8125rem}
code{background:var(--panel);border:1px solid var(--line);border-radius:4px;padding:0 .25em}
.dim{color:var(--dim)}.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
.tag{display:inline-block;border:1px solid currentColor;border-radius:99px;padding:0 .6em;font:600 .75rem/1.6 system-ui,sans-serif;white-space:nowrap}
.chips{display:flex;flex-wrap:wrap;gap:.4rem;padding:0;margin:.5rem 0;list-style:none}.chips li{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.1rem .6rem;font-size:.875rem}
.graphs{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1rem}
.graph{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:.75rem 1rem}
.graph h3{margin:0 0 .5rem;font-size:.75rem;letter-spacing:.06em;text-transform:uppercase;color:var(--dim)}
.flow{display:flex;flex-wrap:wrap;align-items:stretch;gap:.5rem;list-style:none;margin:0;padding:0}
.flow li{display:flex;align-items:center;gap:.5rem}.flow li+li::before{content:"\\2192";color:var(--dim)}
.flow div{border:1px solid var(--line);border-left:3px solid var(--dim);border-radius:6px;background:var(--bg);padding:.35rem .7rem;min-width:8rem}
.flow .final{border-left-color:var(--accent)}.flow b{display:block}.flow small{display:block;color:var(--dim)}
.bars{display:grid;grid-template-columns:max-content 1fr max-content;gap:.3rem .75rem;align-items:center;font-size:.875rem;margin:.5rem 0}
.bar{background:var(--accent);border-radius:3px;height:.8rem;min-width:2px}.bar.old{background:var(--dim)}
details{border:1px solid var(--line);border-radius:8px;margin:.6rem 0;overflow:hidden}
summary{cursor:pointer;padding:.5rem .9rem;background:var(--panel)}summary b{margin-right:.4rem}details[open]>summary .brief{display:none}.why code.id{white-space:nowrap}summary:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
details>.in{padding:.5rem .9rem .9rem}ul.why{margin:.3rem 0;padding-left:1.2rem}ul.why li{margin:.25rem 0}
figure{margin:.75rem 0 0;border:1px solid var(--line);border-radius:6px;overflow:hidden}
figcaption{padding:.3rem .7rem;background:var(--panel);border-bottom:1px solid var(--line)}
.diff table{border-collapse:collapse;width:100%;table-layout:fixed}.diff td{padding:0 .6rem;vertical-align:top;white-space:pre-wrap;line-height:1.55}
.diff col.no{width:3.2rem}.diff td.no{padding:0 .4rem;text-align:right;color:var(--dim);user-select:none;border-left:1px solid var(--line)}
.diff td.no:first-child{border-left:0}td.del{background:var(--del)}td.ins{background:var(--ins)}td.moved{background:var(--moved)}td.void{background:var(--panel)}
td.del mark{background:var(--delmark);color:inherit}td.ins mark{background:var(--insmark);color:inherit}
.gap td{background:var(--panel);color:var(--dim);font-size:.75rem;padding:.1rem .7rem!important}
.only tr>td:nth-child(-n+2),.only col:nth-child(-n+2){display:none}
pre{overflow-x:auto;margin:0;padding:.75rem;white-space:pre}
.grid{border-collapse:collapse;width:100%;font-family:inherit;font-size:.875rem}.grid th,.grid td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
.grid th{color:var(--dim);font-weight:600}.grid .num{text-align:right;white-space:nowrap}
.stack{display:flex;height:1rem;border-radius:4px;overflow:hidden;margin:.75rem 0;background:var(--panel)}.stack i{display:block}
footer{margin-top:3rem;color:var(--dim);font-size:.875rem}
@media (max-width:46rem){.diff table,.diff tbody{display:block}.diff colgroup{display:none}.diff tr{display:grid;grid-template-columns:2.4rem minmax(0,1fr)}.diff td.no{border-left:0}
.diff tr.same>td:nth-child(-n+2),.diff td.void,.diff td.no:has(+td.void){display:none}.diff .gap{display:block}.diff .gap td{display:block}
.diff td.del::before{content:"\\2212  "}.diff td.ins::before{content:"+ "}.diff td.moved::before{content:"~ "}.diff tr.same td:last-child{padding-left:calc(.6rem + 2ch)}
.flow{flex-direction:column}.flow li+li{flex-direction:column;align-items:flex-start;gap:.25rem}.flow li+li::before{content:"\\2193";padding-left:1rem}
.grid thead{display:none}.grid tr{display:block;border-bottom:1px solid var(--line);padding:.5rem 0}.grid td{display:block;border:0;padding:.1rem 0}.grid .num{text-align:left}
.grid td:empty{display:none}
.grid td[data-is]::before{content:attr(data-is)": ";color:var(--dim)}}
@media print{body{max-width:none;padding:0}details{break-inside:avoid}}
`;

/** A whole document. `title` is foreign text. */
export function page(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
${body}
</body>
</html>
`.markup;
}
