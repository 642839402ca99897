import { palette } from './palette.ts';

const variables = (colours: Record<string, string>): string =>
  Object.entries(colours)
    .map(([role, colour]) => `--${role}:${colour}`)
    .join(';');

/** The whole style sheet: a phone of 360 px first, wide screens, dark, and paper. */
export const style = `
:root{color-scheme:light dark;${variables(palette.light)}}
@media (prefers-color-scheme:dark){:root{${variables(palette.dark)}}}
*{box-sizing:border-box}
html{background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:60rem;padding:1rem 1rem 4rem;overflow-wrap:anywhere}
h1{font-size:1.35rem;line-height:1.25;margin:.25rem 0 .5rem}
h2{font-size:1.1rem;line-height:1.3;margin:2.25rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:1rem;line-height:1.35;margin:1.25rem 0 .4rem}
p,ul,ol,dl{margin:.4rem 0}
a{color:var(--link)}
code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
pre{background:var(--panel);border:1px solid var(--line);border-radius:4px;padding:.6rem .7rem;margin:.4rem 0;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.4}
.quiet,small{color:var(--quiet);font-size:.875rem}
.claim{font-size:1.1rem;line-height:1.4;margin:.75rem 0;padding:.6rem .8rem;background:var(--panel);border-left:4px solid var(--quiet)}
.claim.good{border-color:var(--good)}.claim.warn{border-color:var(--warn)}.claim.bad{border-color:var(--bad)}
.claim.quiet{color:var(--text)}
.claim p{margin:.15rem 0}
.claim .mark{white-space:normal}
.part{display:inline-block;margin-right:.9rem}
.mark{font-weight:600;white-space:nowrap}
.mark.good{color:var(--good)}.mark.warn{color:var(--warn)}.mark.bad{color:var(--bad)}.mark.quiet{color:var(--quiet);font-size:inherit}
dl.facts{display:grid;grid-template-columns:minmax(6.5rem,max-content) minmax(0,1fr);gap:.15rem .9rem}
dl.facts dt{color:var(--quiet)}
dl.facts dd{margin:0}
nav ul{display:flex;flex-wrap:wrap;gap:.1rem 1rem;list-style:none;padding:0;font-size:.875rem}
nav a{display:inline-block;padding:.2rem 0}
table{border-collapse:collapse;width:100%;margin:.5rem 0;font-size:.92rem}
caption{text-align:left;color:var(--quiet);font-size:.875rem;padding-bottom:.2rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);min-width:4.5rem}
th{font-weight:600}
thead th{color:var(--quiet);font-size:.8rem;font-weight:600;overflow-wrap:normal}
td details{margin:0}td summary{padding:0}
ol.timeline{list-style:none;padding:0;margin:.5rem 0}
ol.timeline>li{border-left:2px solid var(--line);padding:0 0 1rem .9rem}
ol.timeline>li:last-child{padding-bottom:.2rem}
ol.timeline h3{margin:0}
ol.timeline p{margin:.1rem 0}
ul.rows{list-style:none;padding:0}
ul.rows>li{padding:.45rem 0;border-bottom:1px solid var(--line)}
ul.rows p{margin:.1rem 0}
details{margin:.4rem 0}
summary{cursor:pointer;padding:.2rem 0}
details>*:not(summary){margin-left:1rem}
details>pre{margin-left:0}
.call{margin:.6rem 0 1rem}
.call h4{margin:0;font-size:.92rem}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@media (max-width:30rem){h1{font-size:1.15rem}th,td{padding-right:.45rem;min-width:3.6rem}table{font-size:.875rem}dl.facts{grid-template-columns:minmax(0,1fr)}dl.facts dd{margin:0 0 .35rem}}
@media print{
:root{color-scheme:light;${variables(palette.light)}}
html{font-size:10.5pt}
body{max-width:none;padding:0}
nav{display:none}
h2,h3,h4,summary,caption{break-after:avoid}
tr,li,.claim{break-inside:avoid}
details::details-content{content-visibility:visible;display:block;block-size:auto}
a{color:inherit;text-decoration:none}
@page{margin:16mm 14mm}
}
`;
