/* Fetches the glance again and again, swaps only what changed, and says so when the Pi is silent.
   Plain ES5 for old phones; the page works without it. */
(function (petrel) {
  "use strict";

  var glance = document.getElementById("glance");
  var silence = document.getElementById("silence");
  var refreshMs = 1000 * Math.max(1, Number(document.body.getAttribute("data-refresh")) || 60);
  var hours = glance.getAttribute("data-hours");
  var heard = new Date();
  var request = null;
  var timer = null;

  function twoDigits(number) {
    return (number < 10 ? "0" : "") + number;
  }

  function say(text) {
    if (silence.textContent !== text) { silence.textContent = text; }
    document.body.className = text ? "silent" : "";
  }

  function noAnswer() {
    say("No answer from the Pi since " + twoDigits(heard.getHours()) + ":" +
      twoDigits(heard.getMinutes()) + " by this device’s clock. What you see is old. Still trying.");
  }

  /* A part that stays the same is left alone: so a reader is told of a new level only, and the
     keyboard's focus survives. */
  function swap(fresh) {
    var parts = fresh.querySelectorAll(".part");
    for (var i = 0; i < parts.length; i += 1) {
      var old = document.getElementById(parts[i].id);
      if (old.innerHTML !== parts[i].innerHTML) { old.innerHTML = parts[i].innerHTML; }
      old.hidden = parts[i].hidden;
    }
    var spans = glance.querySelectorAll("a[data-hours]");
    for (i = 0; i < spans.length; i += 1) {
      if (spans[i].getAttribute("data-hours") === hours) {
        spans[i].setAttribute("aria-current", "true");
      } else {
        spans[i].removeAttribute("aria-current");
      }
    }
    glance.className = fresh.className;
    glance.setAttribute("data-sounding", fresh.getAttribute("data-sounding"));
    glance.setAttribute("data-clock", fresh.getAttribute("data-clock"));
    petrel.refreshed();
    document.title = fresh.getAttribute("data-title");
  }

  function answered(text) {
    var box = document.createElement("div");
    box.innerHTML = text;
    var fresh = box.querySelector("#glance");
    if (!fresh) { noAnswer(); return; }
    heard = new Date();
    say("");
    swap(fresh);
  }

  function refresh() {
    clearTimeout(timer);
    if (request) { request.abort(); }
    if (document.hidden) { return; }
    var asked = request = new XMLHttpRequest();
    asked.open("GET", "glance?hours=" + encodeURIComponent(hours));
    asked.timeout = 10000;
    asked.onload = function () {
      if (asked.status === 200) { answered(asked.responseText); } else { noAnswer(); }
    };
    asked.onerror = asked.ontimeout = noAnswer;
    asked.onloadend = function () {
      if (asked === request) { timer = setTimeout(refresh, refreshMs); }
    };
    asked.send();
  }

  /* Other spans without a new page; with a modifier key the browser does what it always does. */
  glance.addEventListener("click", function (event) {
    var chosen = event.target.getAttribute && event.target.getAttribute("data-hours");
    if (event.target.tagName !== "A" || !chosen || event.button !== 0 ||
        event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) { return; }
    event.preventDefault();
    hours = chosen;
    history.replaceState(null, "", "?hours=" + encodeURIComponent(hours));
    refresh();
  });

  document.addEventListener("visibilitychange", refresh);
  timer = setTimeout(refresh, refreshMs);
  petrel.refresh = refresh;
  petrel.refreshed = function () {};  /* alarm.js has something to do then */
}(window.petrel));
