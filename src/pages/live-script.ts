/**
 * The one script of a payment's pages. It asks for nothing that the page without it does not do: it waits for the server to say that the order has changed
 * (or for the time at which the page would say something else), fetches this very page again and puts its main part in place, with the choice and the focus
 * where they were, and has the news read aloud. A page that nobody sees waits for nothing, since a browser has few connections to one host (six over HTTP/1.1), and
 * looks again once it is seen. Without it the page reloads itself. It also copies a transfer's data for pasting into a bank's app. Its syntax is that
 * of 2017 (no `?.`, no bare `catch`), since a phone whose browser cannot read it would neither hear of news nor reload.
 */
export const liveScript = `(()=>{
const d=document,main=()=>d.getElementById('main'),say=d.getElementById('live')
const told=()=>[...main().querySelectorAll('h1,[role=status],[role=alert]')].map(e=>e.textContent)
let left=120,stream,timer,retry
const look=async()=>{
clearTimeout(retry)
if(!main().dataset.live)return
try{
const answer=await fetch(main().dataset.self,{headers:{accept:'text/html'}})
if(answer.redirected)return location.replace(answer.url)
if(!answer.ok)throw 0
const page=new DOMParser().parseFromString(await answer.text(),'text/html'),next=page.getElementById('main'),old=main()
const before=told(),focus=d.activeElement,inside=old.contains(focus),chosen=old.querySelector('input:checked')
old.replaceWith(next)
d.title=page.title
if(chosen)for(const e of next.querySelectorAll('input[type=radio]:enabled'))if(e.value===chosen.value)e.checked=true
if(inside){let e=focus.id&&d.getElementById(focus.id);if(!e&&focus.name)e=[...next.querySelectorAll('[name]')].find(o=>o.name===focus.name&&o.value===focus.value)
;(e||next).focus({preventScroll:true})}
const news=told().filter(t=>!before.includes(t)).join(' ')
if(news)say.textContent=news
watch()
}catch(e){retry=setTimeout(look,2e4)}
}
const watch=()=>{
if(stream)stream.close()
clearTimeout(timer)
const{live,soon}=main().dataset
if(!live||d.hidden)return
if(soon)timer=setTimeout(look,Math.min(+soon+1e3,2e9))
stream=new EventSource(live)
stream.onopen=()=>{if(--left<0)stream.close()}
stream.addEventListener('changed',look)
stream.onerror=()=>{if(stream.readyState===2&&left>0){left-=1;clearTimeout(retry);retry=setTimeout(look,2e4)}}
}
d.documentElement.className='js'
d.addEventListener('click',async e=>{
const b=e.target.closest('[data-copy]')
if(b)try{await navigator.clipboard.writeText(b.dataset.copy);say.textContent=b.dataset.done;b.textContent=b.dataset.done}catch(e){}
})
d.addEventListener('visibilitychange',()=>{if(!d.hidden)look();else if(stream)stream.close()})
addEventListener('pageshow',e=>{if(e.persisted)look()})
watch()
})()`
