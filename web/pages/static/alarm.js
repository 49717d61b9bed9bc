/* Acknowledge or silence the alarm, set the Pi's clock. Plain ES5. */
(function (petrel) {
  "use strict";

  var overview = petrel.id("overview");
  var says = petrel.id("clock-says");
  var OFF_MS = 120000;

  function say(words) { says.hidden = !words; petrel.put(says, words); }

  /* The offset of the two clocks in words; "" below two minutes. */
  function clockOffset() {
    var piMs = Number(overview.getAttribute("data-clock"));
    if (!piMs) { return ""; }
    var offMs = piMs - Date.now();
    var minutes = Math.round(Math.abs(offMs) / 60000);
    if (Math.abs(offMs) < OFF_MS) { return ""; }
    var words = minutes < 120 ? minutes + " min" : minutes < 2880 ? Math.round(minutes / 60) + " h" :
      Math.round(minutes / 1440) + " days";
    return "The Pi’s clock is " + words + (offMs < 0 ? " behind" : " ahead of") + " that of this device.";
  }

  petrel.refreshed = function () {
    petrel.hear({ signal: overview.getAttribute("data-sounding"), drill: overview.getAttribute("data-drill") });
    say(clockOffset());
  };

  overview.addEventListener("click", function (event) {
    var route = event.target.getAttribute && event.target.getAttribute("data-tell");
    var isClock = event.target.getAttribute && event.target.getAttribute("data-clock") === "set";
    if (route) { petrel.send(route, {}, petrel.refresh, say); }
    if (isClock) { petrel.send("api/clock", { unix_ms: Date.now() }, petrel.refresh, say); }
  });

  petrel.refreshed();
}(window.petrel));
