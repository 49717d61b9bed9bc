/* Fetches the overview again and again, swaps only what changed, and says so when the Pi is silent.
   Plain ES5 for old phones; the page works without it. */
(function (petrel) {
  "use strict";

  var overview = petrel.id("overview");
  var silence = petrel.id("silence");
  var root = document.documentElement;
  var TARGETS = "a, button, summary";
  var refreshMs = 1000 * Math.max(1, Number(document.body.getAttribute("data-refresh")) || 60);
  var isPlayed = document.body.hasAttribute("data-simulated");
  var heard = new Date();
  var since = heard;  /* when the age of the reading that is shown was told */
  var request = null;
  var timer = null;

  function say(text) {
    petrel.put(silence, text);
    document.body.className = text ? "silent" : "";
  }

  function noAnswer() { say(petrel.noAnswer(heard)); }

  /* The address's own query, but for the window that is shown. */
  function query() {
    var shown = petrel.window;
    var parts = location.search.replace(/^\?/, "").split("&").filter(function (part) {
      return part && (!shown || !/^(hours|end)=/.test(part));
    });
    if (shown) {
      parts.unshift("hours=" + shown.hours);
      if (shown.end !== null) {
        parts.push("end=" + new Date(1000 * shown.end).toISOString().replace(/\.\d+/, ""));
      }
    }
    return "?" + parts.join("&");
  }

  /* Which of its targets the keyboard is at; -1 for none. */
  function focused(part) {
    return Array.prototype.indexOf.call(part.querySelectorAll(TARGETS), document.activeElement);
  }

  /* A part that stays the same is left alone: so a reader is told of a new level only. In one that
     is swapped the keyboard stays at its place; what is gone from under it leaves it at the level. */
  function swap(fresh) {
    var parts = fresh.querySelectorAll(".part");
    for (var i = 0; i < parts.length; i += 1) {
      var old = petrel.id(parts[i].id);
      if (old.innerHTML !== parts[i].innerHTML) {
        var place = focused(old);
        old.innerHTML = parts[i].innerHTML;
        if (place >= 0) { (old.querySelectorAll(TARGETS)[place] || petrel.id("level")).focus(); }
        if (old.id === "chart") { petrel.charted(); }
      }
      old.hidden = parts[i].hidden;
    }
    overview.className = fresh.className;
    /* An answer out of the browser's memory is as old as what it tells of. */
    if (fresh.getAttribute("data-taken") !== overview.getAttribute("data-taken")) { since = heard; }
    var told = ["sounding", "clock", "taken"].concat(since === heard ? ["age"] : []);
    told.forEach(function (name) {
      overview.setAttribute("data-" + name, fresh.getAttribute("data-" + name));
    });
    petrel.id("icon").href = fresh.getAttribute("data-icon");
    petrel.refreshed();
    document.title = fresh.getAttribute("data-title");
    if (root.getAttribute("data-night") === "auto") {
      petrel.dress(fresh.getAttribute("data-night") === "1", /\bdim\b/.test(root.className));
    }
  }

  function answered(text) {
    var box = document.createElement("div");
    box.innerHTML = text;
    var fresh = box.querySelector("#overview");
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
    asked.open("GET", "glance" + query());
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

  /* Seconds go on between two answers; a record that is played has a time of its own. */
  function age() {
    var box = overview.querySelector(".ago");
    var atFirst = overview.getAttribute("data-age");
    if (!box || !atFirst || isPlayed) { return; }
    var seconds = Math.max(0, Math.round(Number(atFirst) + (Date.now() - since) / 1000));
    if (seconds < 120) { petrel.put(box, seconds + " s ago"); }
  }

  petrel.showWindow = function (hours, end) {
    petrel.window = { hours: hours, end: end };
    history.replaceState(null, "", query());
    refresh();
  };

  /* Other spans without a new page; with a modifier key the browser does what it always does. */
  overview.addEventListener("click", function (event) {
    var chosen = event.target.getAttribute && event.target.getAttribute("data-hours");
    if (event.target.tagName !== "A" || !chosen || event.button !== 0 ||
        event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) { return; }
    event.preventDefault();
    petrel.showWindow(Number(chosen), null);
  });

  /* The zone of this device, where the browser knows its name. */
  (function () {
    var link = petrel.id("own-zone");
    var zone = "";
    try { zone = Intl.DateTimeFormat().resolvedOptions().timeZone || ""; } catch (error) { zone = ""; }
    if (!zone || zone === "UTC") { return; }
    link.href = link.getAttribute("href").replace("DEVICE", encodeURIComponent(zone));
    link.hidden = false;
  }());

  document.addEventListener("visibilitychange", refresh);
  timer = setTimeout(refresh, refreshMs);
  setInterval(age, 1000);
  petrel.refresh = refresh;
  petrel.refreshed = function () {};  /* alarm.js has something to do then */
}(window.petrel));
