import { languages } from '@vidne/locales/say'
import { Markup } from '../../platform/http/markup.ts'

const shown = (what: string) => languages.map(one => `#${one}:checked ~ ${what}[lang=${one}]`).join(',')

/**
 * The style of the page. The checked language decides what is shown; without style all four are there, one after another.
 * On paper the checked language is printed, without the player; the part for machines only where it was opened.
 */
export const STYLE = new Markup(`
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--faint:#55585f;--line:#c9ccd3;--panel:#f4f5f7;--accent:#0b4a8f;--warn:#8a1c00}
@media(prefers-color-scheme:dark){:root{--ink:#ececf0;--paper:#131418;--faint:#aeb2bc;--line:#3d414b;--panel:#1d1f25;--accent:#8fc0ff;--warn:#ffb4a1}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif}
main{max-width:46rem;margin:0 auto;padding:1rem 1rem 3rem}
.told{display:none}
${shown('section')},${shown('figure .told')},${shown('details p')}{display:block}
${shown('details summary .told')}{display:inline}
input{position:absolute;opacity:0}
label{display:inline-block;margin:0 .4rem .4rem 0;padding:.35rem .8rem;border:1px solid var(--line);border-radius:1.2rem;cursor:pointer}
input:checked+label{background:var(--accent);border-color:var(--accent);color:var(--paper);font-weight:600}
input:focus-visible+label,a:focus-visible,summary:focus-visible,video:focus-visible,audio:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
h1{font-size:1.7rem;line-height:1.2;margin:1.2rem 0 .6rem;text-wrap:balance}
h2{font-size:1.3rem;line-height:1.3;margin:2.4rem 0 .4rem;padding-top:.8rem;border-top:2px solid var(--ink)}
h3{font-size:1rem;margin:1.4rem 0 .2rem}
p{margin:.3rem 0 .7rem}
a{color:var(--accent)}
figure{margin:1.2rem 0}
video{display:block;width:100%;max-height:70vh;background:#000}
audio{display:block;width:100%}
figcaption{margin-top:.5rem;color:var(--faint)}
dl{margin:.6rem 0}
dl>div{display:grid;grid-template-columns:11rem 1fr;gap:0 1rem;padding:.45rem 0;border-bottom:1px solid var(--line)}
dt{font-weight:600;grid-column:1}
dd{margin:0 0 .2rem;grid-column:2;overflow-wrap:anywhere}
.source{display:block;color:var(--faint);font-size:.875rem}
code,pre{font:.875rem/1.5 ui-monospace,'Cascadia Mono','Liberation Mono',Consolas,monospace;overflow-wrap:anywhere}
.history{list-style:none;margin:1rem 0;padding:0 0 0 1.2rem;border-left:2px solid var(--line)}
.history>li{position:relative;margin:0 0 1.2rem}
.history>li::before{content:'';position:absolute;left:calc(-1.2rem - 6px);top:.45rem;width:10px;height:10px;border-radius:50%;background:var(--accent)}
.history h3{margin:0}
.history p{margin:.1rem 0}
.history ul{margin:.1rem 0 0;padding-left:1.1rem}
.history li,.history p{overflow-wrap:anywhere}
ol:not(.history){padding-left:1.4rem}
ol:not(.history)>li{margin:.4rem 0}
details{margin-top:2.4rem;padding:.8rem 1rem;background:var(--panel);border:1px solid var(--line)}
summary{cursor:pointer;font-weight:600}
pre{white-space:pre-wrap;margin:.8rem 0 0}
.rehearsal{border:3px solid var(--warn);color:var(--warn);padding:.5rem .8rem;font-weight:700}
@media(max-width:34rem){dl>div{grid-template-columns:1fr}dt,dd{grid-column:1}h1{font-size:1.45rem}}
@media print{
:root{--ink:#000;--paper:#fff;--faint:#333;--line:#999;--panel:#fff;--accent:#000;--warn:#000}
body{font-size:10.5pt}
main{max-width:none;padding:0}
input,label,video,audio,details:not([open]){display:none}
h1,h2,h3{break-after:avoid}
dl>div,.history>li{break-inside:avoid}
}
`)
