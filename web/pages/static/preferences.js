/* Stores the display preferences on this device. Those in the address are stored, missing ones are
   taken from the store, before anything is painted. Plain ES5. */
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
  var given = parts(location.search);
  var stored = {};
  var preferences = {};
  var isAdded = false;
  var wasNight = false;  /* the barograph, when it was last open in this window */
  var isRetry = false;  /* this script has asked a moment ago: the Pi has rejected it */
  try {
    stored = parts(localStorage.getItem(KEY) || "");
    isRetry = sessionStorage.getItem(KEY + "-asked") === "1";
    wasNight = sessionStorage.getItem(KEY + "-night") === "1";
  } catch (error) { return; }
  if (!root.hasAttribute("data-night")) {
    /* A page that is the same for all preferences. */
    dress(stored.night === "1" || (stored.night !== "0" && wasNight), stored.dim === "1");
    return;
  }
  KEYS.forEach(function (key) {
    if (given[key] === undefined && stored[key] !== undefined) { given[key] = stored[key]; isAdded = true; }
    if (given[key] !== undefined) { preferences[key] = given[key]; }
  });
  if (isAdded && !isRetry) {
    try { sessionStorage.setItem(KEY + "-asked", "1"); } catch (error) { return; }
    location.replace(location.pathname + "?" + query(given) + location.hash);
    return;
  }
  /* The Pi has accepted the preferences, or rejected them: then forget them. */
  try {
    if (isAdded) { localStorage.removeItem(KEY); } else { localStorage.setItem(KEY, query(preferences)); }
    sessionStorage.removeItem(KEY + "-asked");
    sessionStorage.setItem(KEY + "-night", /\bnight\b/.test(root.className) ? "1" : "");
  } catch (error) { return; }
}());
