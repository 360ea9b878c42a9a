(()=>{const r=document.documentElement,v=document.getElementById('k-view'),p=m=>parent!==self&&parent.postMessage(m,'*');
const s=()=>p({h:Math.ceil(v.getBoundingClientRect().height)+(innerHeight>r.clientHeight?innerHeight-r.clientHeight:0)});
new ResizeObserver(s).observe(v);addEventListener('load',s);s();
addEventListener('keydown',e=>{const t=e.target;if(t&&t.closest&&t.closest('input,textarea,select,[contenteditable]'))return;p({k:e.key,shift:e.shiftKey,ctrl:e.ctrlKey,meta:e.metaKey,alt:e.altKey})});
if(parent===self)document.body.style.padding='24px';const b=+r.dataset.blocked;if(b)p({images:b})})()
