/** How the console looks: the palettes of the citizens' pages, denser, for a desk; it reflows down to 320 px. */
import { fontFaces, fontFamily } from '../fonts.ts'
import { textAsset } from '../text-asset.ts'
import { variables } from '../theme.ts'

const rules = `
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 ${fontFamily}}
h1,h2,h3,p,dl,dd,ol,ul,table,fieldset,figure{margin:0;padding:0}
h1{font-size:1.5rem;line-height:1.3;overflow-wrap:anywhere}
h2{font-size:1.125rem;line-height:1.4}
h3{font-size:1rem}
a{color:var(--action);text-underline-offset:.2em}
:focus-visible{outline:3px solid var(--action);outline-offset:2px;border-radius:.25rem}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:.5rem;background:var(--surface);padding:.5rem 1rem;z-index:1}
.top{background:var(--brand);color:var(--brandInk);display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;padding:.5rem 1rem}
.top a,.top .quiet{color:inherit}
.top a{display:inline-block;padding:.25rem 0}
.top :focus-visible{outline-color:currentColor}
.top .name{font-weight:700;text-decoration:none}
.gap{flex:1}
.demo{border:1px solid;border-radius:.25rem;padding:0 .4rem;font-size:.8125rem}
.house{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem;padding:1rem;max-width:100rem;margin:auto}
.alone{max-width:44rem}
main{display:grid;gap:1rem;align-content:start;min-width:0}
main:focus{outline:0}
nav h2{font-size:.875rem;color:var(--muted);margin:.75rem 0 .25rem}
nav ul{list-style:none}
nav li a{display:block;padding:.35rem .6rem;border-radius:.375rem;text-decoration:none;color:var(--ink)}
nav li a:hover{background:var(--surface)}
nav [aria-current]{background:var(--surface);font-weight:700;box-shadow:inset .25rem 0 0 var(--action)}
summary{cursor:pointer;padding:.35rem 0;font-weight:700}
.card{background:var(--surface);border:1px solid var(--rule);border-radius:.5rem;padding:1rem;display:grid;gap:.75rem;min-width:0;align-content:start}
.cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr))}
.list{list-style:none}
.sides{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,16rem),1fr))}
.figures{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,16rem),1fr))}
.figures .card{gap:.25rem}
.big{font-size:1.5rem;font-weight:700;line-height:1.3;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,12rem),1fr));gap:.5rem 1.5rem}
dt,.small,.hint,small,caption{color:var(--muted);font-size:.875rem}
dd{overflow-wrap:anywhere}
.scroll{overflow-x:auto;min-width:0;position:relative}
table{border-collapse:collapse;width:100%;background:var(--surface)}
caption{text-align:left;padding:.25rem 0}
th{text-align:left;font-weight:600;font-size:.875rem;color:var(--muted)}
th,td{padding:.4rem .6rem;border-bottom:1px solid var(--rule);vertical-align:top}
tbody tr:hover{background:var(--ground)}
tfoot td{font-weight:700}
.roomy{min-width:7rem;max-width:24rem;overflow-wrap:anywhere}
.figure{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.whole,.money{white-space:nowrap}
.money{font-variant-numeric:tabular-nums}
code,.code{font-family:ui-monospace,monospace;font-size:.9375em;overflow-wrap:anywhere}
.badge{display:inline-block;border-radius:.25rem;padding:0 .45rem;font-size:.875rem;white-space:nowrap}
.good{background:var(--goodGround);color:var(--good)}
.wait{background:var(--waitGround);color:var(--wait)}
.bad{background:var(--badGround);color:var(--bad)}
.calm{background:var(--calmGround);color:var(--calm)}
.note{border-left:.25rem solid;border-radius:.375rem;padding:.6rem .9rem}
.note a,.note code{color:inherit}
.note ul{padding-left:1.25rem}
form{display:grid;grid-template-columns:minmax(0,1fr);gap:.75rem;align-content:start;min-width:0}
.act{max-width:46rem}
.top form,.inline{display:inline}
.filter{background:var(--surface);border:1px solid var(--rule);border-radius:.5rem;padding:.75rem 1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,12rem),1fr));align-items:end}
.filter .acts{align-self:end}
.acts{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center}
.field{display:grid;gap:.2rem;align-content:start;min-width:0}
label,legend{font-weight:600;font-size:.9375rem}
fieldset{border:0;min-width:0}
.fields{display:grid;gap:.75rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,16rem),1fr))}
.fields>legend,.fields>.hint,.fields>.check{grid-column:1/-1}
pre{overflow-x:auto;margin:0}
.choices{display:grid;grid-template-columns:minmax(0,1fr);gap:.5rem;align-content:start}
.choices legend{padding-bottom:.35rem}
.check{display:flex;gap:.5rem;align-items:start;font-weight:400}
input,select,textarea,button,.button{font:inherit;color:var(--ink);max-width:100%}
input,select,textarea{background:var(--surface);border:1px solid var(--control);border-radius:.375rem;padding:.45rem .6rem;min-height:2.5rem;width:100%}
input[type=checkbox],input[type=radio]{width:1.5rem;height:1.5rem;min-height:0;flex:none;accent-color:var(--action);margin:0}
button,.button{display:inline-block;min-height:2.5rem;padding:.45rem 1rem;border:2px solid var(--action);border-radius:.375rem;background:var(--action);color:var(--actionInk);font-weight:700;cursor:pointer;text-decoration:none;justify-self:start}
.plain{background:var(--surface);color:var(--action)}
.danger{background:var(--surface);border-color:var(--bad);color:var(--bad)}
.quiet{background:none;border:0;padding:.25rem 0;min-height:0;font-weight:400;text-decoration:underline;text-underline-offset:.2em}
.pair{display:grid;gap:.25rem 1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,16rem),1fr));align-items:end;padding:.5rem 0;border-bottom:1px solid var(--rule)}
.pair .check{align-self:center}
.pager{display:flex;gap:1rem}
.nothing{color:var(--muted);padding:.5rem 0}
.underway{display:grid;gap:.5rem}
progress{width:100%;height:1.25rem;accent-color:var(--action)}
.charted{display:grid;grid-template-columns:minmax(0,1fr);gap:.75rem;min-width:0}
.charted td:not(.figure){min-width:9rem}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.875rem;color:var(--muted)}
.chart{display:block;width:100%;overflow:visible}
.chart.swatch{display:inline-block;width:1rem;vertical-align:-.15rem;margin-right:.35rem}
.chart .bar{fill:var(--action)}
.chart .bar2{fill:var(--control)}
.chart .outline{fill:var(--surface);stroke:var(--action);stroke-width:1.5}
.chart .line{stroke:var(--rule)}
.chart text{fill:var(--muted);font-size:.75rem}
.chart .bar3{fill:var(--wait)}
.chart .track{fill:var(--ground)}
.bar-cell{display:grid;grid-template-columns:minmax(5rem,1fr) 4rem;gap:.5rem;align-items:center;min-width:11rem}
.bar-cell .chart{height:.75rem}
.bad-ink{color:var(--bad)}
.row-form{display:grid;gap:.75rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,12rem),1fr));align-items:end}
.row-form>.note,.row-form>[data-told],.row-form>.pair{grid-column:1/-1}
.pair{display:grid;grid-template-columns:inherit;gap:.75rem}
.mapping>*+*{margin-top:.75rem}
.mapping fieldset{display:grid;gap:.75rem;padding:0}
.mapping legend{padding:0}
.drop.over{outline:3px dashed var(--action);outline-offset:.25rem}
.chart .name{fill:var(--ink);font-size:.8125rem}
.slim{grid-template-columns:repeat(auto-fit,minmax(min(100%,12rem),1fr))}
.plain-list{list-style:none;padding:0}
ol.steps,ol.trail{padding-left:1.25rem;display:grid;gap:.5rem}
a .badge{text-decoration:underline;text-underline-offset:.2em}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.month td{width:14.28%}
.month td a{display:grid;gap:.25rem;justify-items:start;text-decoration:none;color:inherit}
.month a b{text-decoration:underline;text-underline-offset:.2em}
.month a .badge{text-decoration:none}
.month .badge{white-space:normal}
.month .today{box-shadow:inset 0 0 0 2px var(--action)}
[hidden]{display:none}
@media (max-width:40rem){td:not(.figure){min-width:5.5rem}}
@media (min-width:60rem){.house:not(.alone){grid-template-columns:13rem minmax(0,1fr)}details.menu>summary{display:none}}
@media (max-width:48rem){.month thead{position:absolute;left:-999rem}.month,.month caption,.month tbody,.month tr{display:block}.month td{display:block;width:auto}.month td a{grid-template-columns:2rem minmax(0,1fr);align-items:center;justify-items:start}.month .none{display:none}}
@media print{.top,nav,.skip,form,.acts,.pager{display:none}.house{display:block;padding:0}body,.card{background:#fff;color:#000}.card{border:0;padding:0 0 1rem}.scroll{overflow:visible}a{color:#000}}
`

export const consoleStyle = textAsset({
  name: 'console',
  type: 'css',
  text: `${fontFaces}${variables}${rules.trim().replaceAll('\n', '')}`,
})
