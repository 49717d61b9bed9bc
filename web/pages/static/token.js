/* Requests to the Pi. A POST needs the token: it comes behind the # of the address that was scanned,
   or is typed, and is stored in this browser. */
(function (petrel) {
  "use strict";

  var KEY = "storm-petrel-token";
  var id = petrel.id, put = petrel.put;
  var sessionToken = "";  /* where the browser stores nothing */

  function store(value) { try { localStorage.setItem(KEY, value); } catch (error) { sessionToken = value; } }

  function token() {
    try { return sessionToken || localStorage.getItem(KEY) || ""; } catch (error) { return sessionToken; }
  }

  /* Returns whether there was one. */
  petrel.tokenFromAddress = function () {
    var match = /^#token=([a-z2-7-]+)$/.exec(location.hash);
    if (!match) { return false; }
    store(match[1]);
    history.replaceState(null, "", location.pathname + location.search);
    return true;
  };

  function showForm(why) {
    id("token").hidden = false;
    put(id("token-says"), why);
    if (why) { id("token").scrollIntoView(); }
  }

  petrel.checkToken = function () {
    if (!token()) { showForm(""); return; }
    petrel.send("api/token", {}, function () { id("token").hidden = true; }, showForm);
  };

  id("token").addEventListener("submit", function (event) {
    event.preventDefault();
    sessionToken = "";
    store(id("token-text").value.toLowerCase().replace(/\s/g, ""));
    petrel.checkToken();
  });

  function open(method, route, loaded, failed) {
    var request = new XMLHttpRequest();
    request.open(method, route);
    request.timeout = 10000;
    request.onload = function () { loaded(request); };
    request.onerror = request.ontimeout = failed;
    return request;
  }

  petrel.get = function (route, done, failed) {
    var request = open("GET", route, function () {
      if (request.status === 200) { done(request.responseText); } else { failed(request.responseText); }
    }, function () { failed(""); });
    request.send();
    return request;
  };

  petrel.ask = function (route, done, failed) {
    return petrel.get(route, function (text) { done(JSON.parse(text)); }, failed);
  };

  /* failed gets a sentence; a missing token is handled here. */
  petrel.send = function (route, body, done, failed) {
    var request = open("POST", route, function () {
      if (request.status === 401) { showForm(request.responseText); return; }
      if (request.status >= 300) { failed(request.responseText); } else { done(); }
    }, function () { failed("The Pi does not answer: tap again."); });
    request.setRequestHeader("Content-Type", "application/json");
    if (token()) { request.setRequestHeader("Authorization", "Bearer " + token()); }
    request.send(JSON.stringify(body));
  };

  petrel.tokenFromAddress();
}(window.petrel));
