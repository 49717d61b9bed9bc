/* Requests to the Pi. A POST needs the token: it comes behind the # of the address that was scanned,
   or is typed, and is stored in this browser. A link of a stranger does not replace one that works. */
(function (petrel) {
  "use strict";

  var KEY = "storm-petrel-token";
  var id = petrel.id, put = petrel.put;
  var sessionToken = "";  /* where the browser stores nothing */
  var offered = "";  /* by a link, until it is known whether the stored one works */

  function store(value) { try { localStorage.setItem(KEY, value); } catch (error) { sessionToken = value; } }

  function token() {
    try { return sessionToken || localStorage.getItem(KEY) || ""; } catch (error) { return sessionToken; }
  }

  petrel.hasToken = function () { return token() !== ""; };

  /* Returns whether there is one to check. */
  petrel.tokenFromAddress = function () {
    var match = /^#token=(.*)$/.exec(location.hash);
    if (!match) { return false; }
    history.replaceState(null, "", location.pathname + location.search);
    if (!/^[a-z2-7-]+$/.test(match[1]) || match[1] === token()) { return false; }
    if (!token()) { store(match[1]); return true; }
    offered = match[1];
    sendWith("POST", "api/token", {}, showOffer, function (words, isRefused) {
      if (isRefused) { settle(offered); } else { showOffer(); }  /* without an answer it may still work */
    });
    return false;
  };

  function showOffer() { id("token-offer").hidden = false; id("token-offer").scrollIntoView(); }

  function settle(chosen) {
    id("token-offer").hidden = true;
    offered = "";
    store(chosen);
    petrel.checkToken();
  }

  id("token-keep").addEventListener("click", function () { settle(token()); });
  id("token-replace").addEventListener("click", function () { settle(offered); });

  function showForm(why) {
    id("token").hidden = false;
    put(id("token-says"), why);
    if (why) { id("token").scrollIntoView(); }
  }

  petrel.checkToken = function () {
    if (offered) { return; }
    if (!token()) { showForm(""); return; }
    petrel.send("api/token", {}, function () {
      id("token").hidden = true;
      if (petrel.tokenWorks) { petrel.tokenWorks(); }
    }, showForm);
  };

  id("token").addEventListener("submit", function (event) {
    event.preventDefault();
    sessionToken = "";
    settle(id("token-text").value.toLowerCase().replace(/\s/g, ""));
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

  /* failed gets a sentence, and whether the token is missing or wrong. */
  function sendWith(method, route, body, done, failed) {
    var request = open(method, route, function () {
      var isRefused = request.status === 401 || request.status === 429;
      if (request.status >= 300) { failed(request.responseText, isRefused); } else { done(request.responseText); }
    }, function () { failed("The Pi does not answer: tap again.", false); });
    request.setRequestHeader("Content-Type", "application/json");
    if (token()) { request.setRequestHeader("Authorization", "Bearer " + token()); }
    request.send(body && JSON.stringify(body));
  }

  function orForm(failed) {
    return function (words, isRefused) { if (isRefused) { showForm(words); } else { failed(words); } };
  }

  /* failed gets a sentence; a missing token is handled here. */
  petrel.send = function (route, body, done, failed) { sendWith("POST", route, body, done, orForm(failed)); };

  petrel.askWithToken = function (route, done, failed) {
    sendWith("GET", route, null, function (text) { done(JSON.parse(text)); }, orForm(failed));
  };

  petrel.tokenFromAddress();
}(window.petrel));
