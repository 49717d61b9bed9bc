/* Fetches the overview every few seconds, swaps what changed, and says when the Pi is silent.
   Plain ES5 for old phones; the page works without it. */
(function (petrel) {
  "use strict";

  var overview = petrel.id("overview");
  var silence = petrel.id("silence");
  var root = document.documentElement;
  var TARGETS = "a, button, summary";
  var refreshMs = 1000 * Math.max(1, Number(document.body.getAttribute("data-refresh")) || 60);
  var isPlayed = document.body.hasAttribute("data-simulated");
  var answeredAt = new Date();
  var ageAt = answeredAt;  /* when the age on the page was right */
  var request = null;
  var timer = null;

  function say(text) {
    petrel.put(silence, text);
    document.body.className = text ? "silent" : "";
  }

  function noAnswer() { say(petrel.noAnswer(answeredAt)); }

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

  /* A part that stays the same is not touched: a screen reader then reads a new level only. In a
     part that is swapped the keyboard keeps its place; if that is gone, it goes to the level. */
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
    /* An answer from the browser's cache has an old age: only a new reading resets it. */
    if (fresh.getAttribute("data-taken") !== overview.getAttribute("data-taken")) { ageAt = answeredAt; }
    var names = ["sounding", "drill", "clock", "taken", "late-after", "lost-after"].concat(ageAt === answeredAt ? ["age"] : []);
    names.forEach(function (name) {
      overview.setAttribute("data-" + name, fresh.getAttribute("data-" + name));
    });
    petrel.id("icon").href = fresh.getAttribute("data-icon");
    petrel.refreshed();
    document.title = fresh.getAttribute("data-title");
    age();
    if (root.getAttribute("data-night") === "auto") {
      petrel.dress(fresh.getAttribute("data-night") === "1", /\bdim\b/.test(root.className));
    }
  }

  function answered(text) {
    var box = document.createElement("div");
    box.innerHTML = text;
    var fresh = box.querySelector("#overview");
    if (!fresh) { noAnswer(); return; }
    answeredAt = new Date();
    say("");
    swap(fresh);
  }

  function refresh() {
    clearTimeout(timer);
    if (request) { request.abort(); }
    if (document.hidden) { return; }
    var own = request = petrel.get("glance" + query(), answered, noAnswer);
    own.onloadend = function () {
      if (own === request) { timer = setTimeout(refresh, refreshMs); }
    };
  }

  /* As the Pi writes it: in the largest unit of which it has two. */
  function ageWords(seconds) {
    var units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]].filter(function (unit) {
      return seconds >= 2 * unit[0] || unit[0] === 1;
    });
    return Math.round(seconds / units[0][0]) + " " + units[0][1] + " ago";
  }

  /* What the Pi would say of this age; the page may have slept, or hear nothing from the Pi. */
  function markOld(isLost) {
    var box = overview.querySelector(".age"), level = petrel.id("level");
    overview.className = overview.className.replace(/\bis-fresh\b/, "is-late");
    if (!isLost) {
      if (!/^Late/.test(box.textContent)) { box.insertBefore(document.createTextNode("Late: "), box.firstChild); }
      return;
    }
    overview.className = overview.className.replace(/\bis-late\b/, "is-lost");
    var since = box.querySelector("time").title;
    petrel.clear(box);
    box.appendChild(petrel.make("strong", "", "No data since " + since));
    if (!level.querySelector(".last")) {
      level.insertBefore(petrel.make("span", "last", "No data since " + since + "; last known level "), level.firstChild);
    }
    document.title = "NO DATA since " + since + " — Storm Petrel";
  }

  /* The age goes on between two answers, and after a sleep, by the clock of this device. A played record
     has its own time. */
  function age() {
    var box = overview.querySelector(".ago");
    var atFirst = overview.getAttribute("data-age");
    if (!box || !atFirst || isPlayed) { return; }
    var seconds = Math.max(0, Math.round(Number(atFirst) + (Date.now() - ageAt) / 1000));
    petrel.put(box, ageWords(seconds));
    if (seconds > Number(overview.getAttribute("data-late-after"))) {
      markOld(seconds > Number(overview.getAttribute("data-lost-after")));
    }
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

  document.addEventListener("visibilitychange", function () { age(); refresh(); });
  window.addEventListener("pageshow", age);
  timer = setTimeout(refresh, refreshMs);
  setInterval(age, 1000);
  petrel.refresh = refresh;
  petrel.refreshed = function () {};  /* alarm.js has something to do then */
}(window.petrel));
