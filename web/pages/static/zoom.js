/* Zooms and pans the curve by wheel, fingers, mouse and keys. The drawing is stretched at once;
   when the hand rests, the page is asked for a new one: petrel.showWindow(hours, end). */
(function (petrel) {
  "use strict";

  var SHORTEST_S = 3600;
  var LONGEST_S = 366 * 86400;
  var REST_MS = 150;
  var box = document.getElementById("chart");
  var view = null;   /* {start, end} to show, in Unix s; null: what is drawn */
  var home = null;   /* hours of the rolling span to come back to */
  var gesture = null;  /* what a hand holds: its fingers' places at first, and the view then */
  var timer = null;
  var lastTap = null;

  function drawn() { return petrel.chart.read(); }

  function shown() { return view || { start: drawn().start, end: drawn().end }; }

  function currentWindow() {
    var chart = drawn();
    if (!petrel.window) {
      petrel.window = { hours: Math.round((chart.end - chart.start) / 3.6) / 1000,
        end: chart.end < chart.now - 1 ? chart.end : null };
    }
    if (home === null) { home = petrel.window.hours; }
    return petrel.window;
  }

  function isZoomed() { return currentWindow().end !== null || petrel.window.hours !== home; }

  function moment(clientX, from) {
    var chart = drawn();
    var share = (petrel.chart.xOn(clientX) - chart.left) / (chart.right - chart.left);
    return from.start + share * (from.end - from.start);
  }

  /* Stretching what is there */

  function stretch() {
    var chart = drawn();
    var from = shown();
    var perS = (chart.right - chart.left) / (chart.end - chart.start);
    var x = chart.left + (from.start - chart.start) * perS;
    var width = (from.end - from.start) * perS;
    var inner = chart.svg.querySelector("svg.view");
    inner.setAttribute("viewBox", x + " 0 " + width + " " + inner.getAttribute("height"));
    var labels = chart.svg.querySelectorAll(".times text");
    for (var i = 0; i < labels.length; i += 1) {
      var label = labels[i];
      if (!label.getAttribute("data-x")) { label.setAttribute("data-x", label.getAttribute("x")); }
      var to = chart.left + (label.getAttribute("data-x") - x) / width * (chart.right - chart.left);
      label.setAttribute("x", to);
      label.setAttribute("visibility", i === 0 || to < chart.left + 30 || to > chart.right - 30 ?
        "hidden" : "visible");
    }
    var fixed = chart.svg.querySelectorAll(".extreme, .newest, .flag, .unsure");
    for (i = 0; i < fixed.length; i += 1) { fixed[i].setAttribute("visibility", "hidden"); }
    petrel.chart.hide();
  }

  function ask() {
    var now = drawn().now;
    var isRolling = view.end > now - (view.end - view.start) / 100;
    timer = null;
    send(Math.round((view.end - view.start) / 3.6) / 1000, isRolling ? null : Math.round(view.end));
  }

  function stop() {
    clearTimeout(timer);
    timer = null;
  }

  function send(hours, end) {
    petrel.window = { hours: hours, end: end };
    if (petrel.showWindow) { petrel.showWindow(hours, end); }
  }

  /* A hand that still holds the curve would lose it in a swap: wait until it lets go. */
  function settle() {
    stop();
    if (!gesture) { timer = setTimeout(ask, REST_MS); }
  }

  /* Wants another span; whether that is another one. */
  function want(start, span) {
    currentWindow();
    var from = shown();
    span = Math.min(Math.max(span, SHORTEST_S), LONGEST_S);
    var end = Math.min(start + span, Math.max(drawn().now, from.end));
    if (Math.abs(end - from.end) < 1 && Math.abs(end - span - from.start) < 1) { return false; }
    view = { start: end - span, end: end };
    petrel.zooming = true;
    stretch();
    settle();
    return true;
  }

  /* One moment stays where it is. */
  function zoom(factor, anchor) {
    var from = shown();
    var span = from.end - from.start;
    var target = Math.min(Math.max(span * factor, SHORTEST_S), LONGEST_S);
    return want(anchor - (anchor - from.start) / span * target, target);
  }

  function back() {
    if (!isZoomed() && !view) { return false; }
    stop();
    gesture = null;
    send(home, null);
    return true;
  }

  /* Hands: {x, y} of one finger or the mouse, or of the middle of two with their distance. */

  function places(touches) {
    var one = touches[0];
    var other = touches[1] || one;
    return { x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2,
      apart: Math.sqrt(Math.pow(one.clientX - other.clientX, 2) +
        Math.pow(one.clientY - other.clientY, 2)) };
  }

  function hold(place) {
    var from = shown();
    gesture = { at: place, moment: moment(place.x, from), span: from.end - from.start, moved: false };
  }

  function carry(place) {
    var span = gesture.span * (place.apart ? gesture.at.apart / place.apart : 1);
    span = Math.min(Math.max(span, SHORTEST_S), LONGEST_S);
    want(gesture.moment - moment(place.x, { start: 0, end: span }), span);
  }

  function letGo() {
    gesture = null;
    if (view) { settle(); }
  }

  function touchStarted(event) {
    if (!drawn() || event.touches.length > 2) { return; }
    /* On the touched node itself: it still hears of the finger when a swap took it away. */
    event.target.addEventListener("touchmove", touchMoved, { passive: false });
    event.target.addEventListener("touchend", touchEnded);
    event.target.addEventListener("touchcancel", touchEnded);
    hold(places(event.touches));
  }

  function touchMoved(event) {
    if (!gesture || event.touches.length > 2) { return; }
    var place = places(event.touches);
    var dx = Math.abs(place.x - gesture.at.x);
    var dy = Math.abs(place.y - gesture.at.y);
    if (event.touches.length === 1 && !gesture.moved) {
      if (dx < 8 && dy < 8) { return; }
      /* One finger up or down scrolls the page; along the curve it pans, once there is more. */
      if (dy >= dx || !isZoomed()) { gesture = null; return; }
    }
    gesture.moved = true;
    event.preventDefault();
    carry(place);
  }

  function touchEnded(event) {
    var tap = gesture && !gesture.moved && gesture.at.apart === 0 && event.type === "touchend";
    if (event.touches.length) { hold(places(event.touches)); gesture.moved = true; return; }
    var was = lastTap;
    lastTap = tap ? { ms: Date.now(), x: gesture.at.x, y: gesture.at.y } : null;
    letGo();
    if (tap && was && lastTap.ms - was.ms < 350 && Math.abs(lastTap.x - was.x) < 30 &&
        Math.abs(lastTap.y - was.y) < 30 && back()) { lastTap = null; event.preventDefault(); }
  }

  function mouseDown(event) {
    if (event.button !== 0 || !drawn() || !isZoomed()) { return; }
    hold({ x: event.clientX, apart: 0 });
    document.addEventListener("mousemove", mouseMoved);
    document.addEventListener("mouseup", mouseUp);
  }

  function mouseMoved(event) {
    if (gesture && (gesture.moved || Math.abs(event.clientX - gesture.at.x) > 4)) {
      gesture.moved = true;
      carry({ x: event.clientX, apart: 0 });
    }
  }

  function mouseUp() {
    document.removeEventListener("mousemove", mouseMoved);
    document.removeEventListener("mouseup", mouseUp);
    letGo();
  }

  box.addEventListener("wheel", function (event) {
    if (!drawn() || !event.deltaY) { return; }
    if (zoom(event.deltaY < 0 ? 0.8 : 1.25, moment(event.clientX, shown()))) { event.preventDefault(); }
  }, { passive: false });

  box.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !drawn()) { return; }
    var factor = { "+": 0.5, "=": 0.5, "-": 2 }[event.key];
    /* About the cursor; else about now, or the middle of what is past. */
    var middle = currentWindow().end === null ? shown().end : (shown().start + shown().end) / 2;
    var at = petrel.chart.at();
    if (factor ? zoom(factor, at === null ? middle : at) :
        (event.key === "0" || event.key === "Escape") && back()) { event.preventDefault(); }
  });

  box.addEventListener("dblclick", function () { if (drawn()) { back(); } });
  box.addEventListener("touchstart", touchStarted, { passive: true });
  box.addEventListener("mousedown", mouseDown);

  /* Another span chosen on the page is the one to come back to. */
  document.addEventListener("click", function (event) {
    var hours = event.target.getAttribute && event.target.getAttribute("data-hours");
    if (event.target.tagName !== "A" || !hours) { return; }
    home = Number(hours);
    petrel.window = { hours: home, end: null };
    stop();
  });

  var charted = petrel.charted;
  petrel.charted = function () {
    var isBusy = (gesture && gesture.moved) || timer !== null;
    if (!isBusy || !drawn()) { view = null; }
    petrel.zooming = view !== null;
    charted();
    if (view) { stretch(); }
  };
}(window.petrel));
