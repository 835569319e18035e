/** How the pages look: two palettes, and one style sheet that every page carries inline. Only the typeface is loaded, and a page reads well without it. */
import { fontFaces, fontFamily } from './fonts.ts'

export type Palette = Readonly<Record<keyof typeof light, string>>

/** The tones of a state come in pairs: what it is written in, and what that stands on. */
export const light = {
  ground: '#eef1f5',
  surface: '#ffffff',
  ink: '#16202c',
  muted: '#4a5767',
  rule: '#cdd5df',
  control: '#647184',
  action: '#0b4a8f',
  actionInk: '#ffffff',
  brand: '#8f1d1d',
  brandInk: '#ffffff',
  good: '#0d4f30',
  goodGround: '#e3f3ea',
  wait: '#634400',
  waitGround: '#fff3d6',
  bad: '#8a1c17',
  badGround: '#fdebe9',
  calm: '#0b3d75',
  calmGround: '#e6eff9',
}

export const dark: Palette = {
  ground: '#0f151d',
  surface: '#19222e',
  ink: '#edf1f6',
  muted: '#b3bfce',
  rule: '#354254',
  control: '#8592a6',
  action: '#8ebcf7',
  actionInk: '#07182c',
  brand: '#5c1414',
  brandInk: '#ffe9e6',
  good: '#a5e6c2',
  goodGround: '#11301f',
  wait: '#ffdc85',
  waitGround: '#372a09',
  bad: '#ffb9b1',
  badGround: '#431917',
  calm: '#b7d6ff',
  calmGround: '#142d49',
}

const declared = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';')

const rules = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1.0625rem/1.55 ${fontFamily}}
h1,h2,p,dl,dd,ol,ul,table,fieldset{margin:0;padding:0}
h1{font-size:1.5rem;line-height:1.35}
h2{font-size:1.125rem;line-height:1.4;margin-bottom:.5rem}
a{color:var(--action);text-underline-offset:.2em}
:focus-visible{outline:3px solid var(--action);outline-offset:3px;border-radius:.25rem}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:.5rem;background:var(--surface);padding:.5rem 1rem;z-index:1}
.top{background:var(--brand);color:var(--brandInk)}
.top>div,main,.foot{max-width:66rem;margin:auto;padding:.75rem 1rem}
.top>div{display:flex;gap:1rem;align-items:center;justify-content:space-between}
.top a{color:inherit;display:inline-block;padding:.4rem 0;white-space:nowrap}
.top :focus-visible{outline-color:currentColor}
.name{font-weight:700;line-height:1.3}
main{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem;padding-top:1rem}
main:focus{outline:0}
.card{background:var(--surface);border:1px solid var(--rule);border-radius:.75rem;padding:1rem}
.card>*+*{margin-top:.75rem}
.stack{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem;align-content:start}
.state{border-left:.375rem solid;border-radius:.75rem;padding:1rem;display:grid;grid-template-columns:2rem minmax(0,1fr);gap:.5rem .75rem;align-items:center;overflow-wrap:anywhere}
.state svg{width:2rem;height:2rem}
.state>:not(svg,h1,h2){grid-column:2}
.state h2{margin:0}
.good{background:var(--goodGround);color:var(--good)}
.wait{background:var(--waitGround);color:var(--wait)}
.bad{background:var(--badGround);color:var(--bad)}
.calm{background:var(--calmGround);color:var(--calm)}
.note{border-radius:.5rem;padding:.75rem}
.state a,.note a{color:inherit}
.sum{font-size:2rem;line-height:1.25;font-weight:700;font-variant-numeric:tabular-nums}
dt,.small{color:var(--muted);font-size:.9375rem}
.note .small,.state .small{color:inherit}
dd{overflow-wrap:anywhere}
dl>div+div{margin-top:.5rem}
.row{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:.5rem 1rem}
.row>div+div{margin:0}
.pair{grid-template-columns:repeat(auto-fit,minmax(14rem,1fr))}
table{width:100%;border-collapse:collapse}
th{text-align:left;font-weight:400}
td:last-child,th:last-child{text-align:right;white-space:nowrap;padding-left:.75rem}
tr>*{padding:.5rem 0;vertical-align:top;border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
tfoot tr>*{border:0;font-weight:700}
td{font-variant-numeric:tabular-nums}
fieldset{border:0;min-width:0}
legend{padding:0;font-weight:700;font-size:1.125rem;margin-bottom:.5rem}
.offer{display:grid;grid-template-columns:auto 1fr;gap:0 .75rem;align-items:center;border:1px solid var(--control);border-radius:.5rem;padding:.75rem;margin-top:.5rem}
.offer input{width:1.5rem;height:1.5rem;margin:0;grid-row:span 2;accent-color:var(--action)}
.offer b{overflow-wrap:anywhere}
.offer:has(:checked){border-color:var(--action);box-shadow:inset 0 0 0 1px var(--action)}
.offer:has(:disabled){border-style:dashed;color:var(--muted)}
.button{display:block;width:100%;min-height:3.25rem;padding:.75rem 1rem;border:2px solid var(--action);border-radius:.5rem;background:var(--action);color:var(--actionInk);font:inherit;font-weight:700;text-align:center;text-decoration:none;cursor:pointer}
.plain{background:var(--surface);color:var(--action)}
main .note a.button,main .state a.button{color:var(--actionInk)}
main .note a.plain,main .state a.plain{color:var(--action)}
.state .button{max-width:26rem}
.state form{width:100%}
ul,ol{padding-left:1.25rem}
li{overflow-wrap:anywhere}
li+li,.foot p{margin-top:.375rem}
.paper{max-width:44rem;width:100%;margin:auto}
.qr{display:block;width:min(100%,18rem);height:auto;margin:auto;background:#fff;padding:.75rem;border-radius:.5rem}
.code{margin:1rem 0 0;text-align:center}
.code svg{width:min(100%,15rem);height:auto;background:#fff}
textarea,.text{display:block;width:100%;font:inherit;font-family:ui-monospace,monospace;font-size:.875rem;padding:.75rem;border:1px solid var(--control);border-radius:.5rem;background:var(--surface);color:var(--ink);overflow-wrap:anywhere}
.text{font-family:inherit;font-size:1.0625rem;min-height:3rem}
.check>*+*{margin-top:.75rem}
.unseen{position:absolute;left:-999rem}
.copy{display:none;font:inherit;font-size:.9375rem;min-height:2.25rem;padding:.25rem .75rem;margin-top:.25rem;border:1px solid var(--control);border-radius:.5rem;background:var(--surface);color:var(--action);cursor:pointer}
.js .copy{display:inline-block}
.foot{color:var(--muted);padding-bottom:2rem}
.foot a{display:inline-block;padding:.25rem 0}
@media (min-width:52rem){.two{grid-template-columns:minmax(0,1.2fr) minmax(0,1fr);grid-template-rows:auto auto 1fr;align-items:start}.wide{grid-column:1/-1}.two>.about,.two>.lines{grid-column:2}.stack{grid-column:1;grid-row:2/4}}
@media print{.code svg{width:4.6cm}body,.card,.state{background:#fff;color:#000}.top,.foot,.skip,.screen{display:none}main{display:block;padding:0;max-width:none}.row{grid-template-columns:repeat(4,1fr)}.pair{grid-template-columns:1fr 1fr}.card,.state{border:0;padding:0 0 1rem;break-inside:avoid}dt,.small{color:#000}a{color:#000}}
`

/** Both palettes as variables, chosen by what the reader's system prefers. */
export const variables = `:root{color-scheme:light dark;${declared(light)}}@media (prefers-color-scheme:dark){:root{${declared(dark)}}}`

const plain = `${variables}${rules.trim().replaceAll('\n', '')}`

/** The style sheet: typeface, palettes as variables, rules. `saved` is that of a page which is kept as a file, where our addresses lead nowhere. */
export const css = { online: `${fontFaces}${plain}`, saved: plain }
