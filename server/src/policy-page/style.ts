/** The style of the public pages about rules: readable at 360 pixels, in the dark and on paper. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--faint:#55585f;--line:#d5d8de;--panel:#f4f5f7;--accent:#0b4a8f;--warn:#8a1c00;--ours:#7a4a00}
@media(prefers-color-scheme:dark){:root{--ink:#ececf0;--paper:#131418;--faint:#aeb2bc;--line:#3d414b;--panel:#1d1f25;--accent:#8fc0ff;--warn:#ffb4a1;--ours:#f0c070}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif}
main{max-width:46rem;margin:0 auto;padding:1rem 1rem 3rem}
h1{font-size:1.7rem;line-height:1.2;margin:1rem 0 .6rem;text-wrap:balance;overflow-wrap:break-word;hyphens:auto}
h2{font-size:1.25rem;line-height:1.3;margin:2.4rem 0 .4rem;padding-top:.8rem;border-top:2px solid var(--ink);hyphens:auto}
p{margin:.3rem 0 .7rem}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
ul{margin:0;padding:0;list-style:none}
.lead{font-size:1.08rem}
.languages ul{display:flex;flex-wrap:wrap;gap:.3rem}
.languages a{display:block;padding:.35rem .8rem;border:1px solid var(--line);border-radius:1.2rem;text-decoration:none;color:var(--ink)}
.languages [aria-current]{background:var(--accent);border-color:var(--accent);color:var(--paper);font-weight:600}
.digest{color:var(--faint);font-size:.875rem}
code{font:.875rem/1.5 ui-monospace,'Cascadia Mono','Liberation Mono',Consolas,monospace;overflow-wrap:anywhere}
.trust{margin:1.6rem 0 0;padding:.2rem 1rem .8rem;background:var(--panel);border:1px solid var(--line)}
.trust h2,.contents h2{border:0;margin:.4rem 0;padding:.2rem 0 0;font-size:1.05rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;font-weight:400;padding:.3rem 0;border-top:1px solid var(--line)}
thead th{border:0;color:var(--faint);font-size:.875rem}
td,thead th:last-child{text-align:right;font-variant-numeric:tabular-nums}
.contents{margin-top:1.2rem}
.contents ul{columns:16rem 2;column-gap:2rem}
.contents li{padding:.2rem 0;break-inside:avoid}
.list li{padding:.35rem 0;border-bottom:1px solid var(--line)}
.values li{padding:.7rem 0;border-bottom:1px solid var(--line)}
.values li:last-child{border:0}
.values p{margin:0}
.says{font-weight:600;overflow-wrap:break-word}
.more{margin-top:.15rem}
.values .basis{margin-top:.3rem;color:var(--faint);font-size:.875rem;overflow-wrap:break-word}
.flag{display:inline-block;padding:0 .5rem;border:1px solid currentcolor;border-radius:.2rem;color:var(--faint);font-size:.8125rem;line-height:1.5}
.flag.law{background:var(--ink);border-color:var(--ink);color:var(--paper)}
.flag.policy,.flag.seed{color:var(--ink)}
.flag.default,.flag.taken{color:var(--ours);border-style:dashed}
.dates{font-weight:600}
.rehearsal{border:3px solid var(--warn);color:var(--warn);padding:.5rem .8rem;font-weight:700}
.foot{margin-top:2.4rem}
@media(max-width:30rem){h1{font-size:1.4rem}.contents ul{columns:1}}
@media print{
:root{color-scheme:light;--ink:#000;--paper:#fff;--faint:#333;--line:#999;--panel:#fff;--accent:#000;--warn:#000;--ours:#000}
body{font-size:10pt}
main{max-width:none;padding:0}
.languages,.contents,.foot{display:none}
h2{break-after:avoid;margin-top:1.4rem}
.values li{padding:.4rem 0;break-inside:avoid}
.flag.law{background:none;color:#000}
}
`
