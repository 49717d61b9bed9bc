/* Remembers on this device how the pages are to look. What the address says is remembered, what it
   does not say is taken from memory; before anything is painted. Plain ES5. */
(function () {
  "use strict";

  var KEY = "storm-petrel-look";
  var KEYS = ["unit", "zone", "night", "dim"];
  var root = document.documentElement;
  var DAY = "#1b2a33", NIGHT = "#000";  /* what the browser's own bar has */

  function parts(query) {
    var found = {};
    query.replace(/^\?/, "").split("&").forEach(function (part) {
      var at = part.indexOf("=");
      if (at > 0) { found[part.substr(0, at)] = part.substr(at + 1); }
    });
    return found;
  }

  function query(found) {
    return Object.keys(found).map(function (key) { return key + "=" + found[key]; }).join("&");
  }

  function dress(isNight, isDim) {
    root.className = [isNight ? "night" : "", isDim ? "dim" : ""].join(" ").trim();
    document.querySelector("meta[name=theme-color]").content = isNight ? NIGHT : DAY;
    try { sessionStorage.setItem(KEY + "-night", isNight ? "1" : ""); } catch (error) { return; }
  }

  window.petrel = { dress: dress };
  var said = parts(location.search);
  var kept = {};
  var looks = {};
  var isNews = false;
  var wasRed = false;  /* the barograph, when it was last seen in this window */
  var isAsked = false;  /* by this script, a moment ago: the Pi has not understood it */
  try {
    kept = parts(localStorage.getItem(KEY) || "");
    isAsked = sessionStorage.getItem(KEY + "-asked") === "1";
    wasRed = sessionStorage.getItem(KEY + "-night") === "1";
  } catch (error) { return; }
  if (!root.hasAttribute("data-night")) {
    /* A page that the Pi makes for everybody the same. */
    dress(kept.night === "1" || (kept.night !== "0" && wasRed), kept.dim === "1");
    return;
  }
  KEYS.forEach(function (key) {
    if (said[key] === undefined && kept[key] !== undefined) { said[key] = kept[key]; isNews = true; }
    if (said[key] !== undefined) { looks[key] = said[key]; }
  });
  if (isNews && !isAsked) {
    try { sessionStorage.setItem(KEY + "-asked", "1"); } catch (error) { return; }
    location.replace(location.pathname + "?" + query(said) + location.hash);
    return;
  }
  /* The Pi has understood it: this is its page. Or it has not: then that is forgotten. */
  try {
    if (isNews) { localStorage.removeItem(KEY); } else { localStorage.setItem(KEY, query(looks)); }
    sessionStorage.removeItem(KEY + "-asked");
    sessionStorage.setItem(KEY + "-night", /\bnight\b/.test(root.className) ? "1" : "");
  } catch (error) { return; }
}());
