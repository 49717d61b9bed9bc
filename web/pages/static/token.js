/* Asks and tells the Pi. Telling it anything needs the token, which comes behind the # of the
   address that was scanned, is remembered here, and is typed where it cannot be scanned. */
(function (petrel) {
  "use strict";

  var KEY = "storm-petrel-token";
  var id = petrel.id, put = petrel.put;
  var sessionToken = "";  /* where the browser stores nothing */

  function stored(key) { try { return localStorage.getItem(key) || ""; } catch (error) { return ""; } }

  function store(key, value) { try { localStorage.setItem(key, value); } catch (error) { sessionToken = value; } }

  function token() { return sessionToken || stored(KEY); }

  /* Whether there was one. */
  function tokenFromAddress() {
    var found = /^#token=([a-z2-7-]+)$/.exec(location.hash);
    if (!found) { return false; }
    store(KEY, found[1]);
    history.replaceState(null, "", location.pathname + location.search);
    return true;
  }

  function askForToken(why) {
    id("token").hidden = false;
    put(id("token-says"), why);
    if (why) { id("token").scrollIntoView(); }
  }

  function checkToken() {
    if (!token()) { askForToken(""); return; }
    send("api/token", {}, function () { id("token").hidden = true; }, askForToken);
  }

  id("token").addEventListener("submit", function (event) {
    event.preventDefault();
    sessionToken = "";
    store(KEY, id("token-text").value.toLowerCase().replace(/\s/g, ""));
    checkToken();
  });

  /* Asking and telling */

  function ask(route, answered, failed) {
    var asked = new XMLHttpRequest();
    asked.open("GET", route);
    asked.timeout = 10000;
    asked.onload = function () {
      if (asked.status === 200) { answered(JSON.parse(asked.responseText)); } else { failed(asked.responseText); }
    };
    asked.onerror = asked.ontimeout = function () { failed(""); };
    asked.send();
    return asked;
  }

  /* failed is told in words, but not that the token is missing: that is seen to here. */
  function send(route, body, done, failed) {
    var told = new XMLHttpRequest();
    told.open("POST", route);
    told.timeout = 10000;
    told.setRequestHeader("Content-Type", "application/json");
    if (token()) { told.setRequestHeader("Authorization", "Bearer " + token()); }
    told.onload = function () {
      if (told.status === 401) { askForToken(told.responseText); return; }
      if (told.status >= 300) { failed(told.responseText); } else { done(); }
    };
    told.onerror = told.ontimeout = function () { failed("The Pi does not answer: tap again."); };
    told.send(JSON.stringify(body));
  }

  petrel.ask = ask;
  petrel.send = send;
  petrel.tokenFromAddress = tokenFromAddress;
  petrel.checkToken = checkToken;
  tokenFromAddress();
}(window.petrel));
