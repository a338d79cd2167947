// The one script of a page. It only makes the page handier: everything is readable and can be opened without it.

/**
 * Opens the card that a link leads to, with those around it; opens all cards for printing but explanations, where the browser cannot
 * do so by style; and puts a button that copies beside every command. It reads and writes nothing but the page.
 */
export const PAGE_SCRIPT = `(function(){
function reveal(){
var name=location.hash.slice(1);
try{name=decodeURIComponent(name)}catch(error){}
var target=document.getElementById(name);
if(target===null)return;
var card=target.closest('details');
for(var around=card;around!==null;around=around.parentElement.closest('details'))around.open=true;
if(card!==null)card.scrollIntoView();
}
addEventListener('hashchange',reveal);
reveal();
var closed=[];
addEventListener('beforeprint',function(){
closed=Array.from(document.querySelectorAll('details:not([open]):not(.why)'));
closed.forEach(function(card){card.open=true});
});
addEventListener('afterprint',function(){closed.forEach(function(card){card.open=false})});
if(!navigator.clipboard)return;
document.querySelectorAll('pre.command').forEach(function(command){
var button=document.createElement('button');
button.type='button';
button.className='copy';
button.textContent='copy';
button.setAttribute('aria-label','copy this command');
button.addEventListener('click',function(){
navigator.clipboard.writeText(command.querySelector('code').textContent).then(
function(){button.textContent='copied'},
function(){button.textContent='not allowed here'});
});
command.appendChild(button);
});
})();`;

/** sha256 of the script in base64, by which the page allows it; a test compares the two. */
export const PAGE_SCRIPT_HASH = 'sha256-7zSUuY+73wEsTQjOjigoOySxJv6c+7K4hNAljsA9WPw=';
