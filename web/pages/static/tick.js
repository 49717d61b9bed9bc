/* The timer of a page that is armed. Browsers slow the timers of a hidden page down, but not those of its
   worker. Plain ES5. */
setInterval(function () { "use strict"; postMessage(0); }, 1000);
