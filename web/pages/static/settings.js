/* Sends the forms of the settings; the Pi applies them at once. Plain ES5. */
(function (petrel) {
  "use strict";

  var id = petrel.id;

  /* An empty field is null: then the settings file holds. */
  function values(form) {
    var found = {};
    for (var i = 0; i < form.elements.length; i += 1) {
      var field = form.elements[i], text = field.value.trim();
      if (field.name) { found[field.name] = text === "" ? null : field.type === "number" ? Number(text) : text; }
    }
    return found;
  }

  function send(route, body, box) {
    petrel.put(id(box), "");
    petrel.send(route, body, function () { location.reload(); }, function (why) { petrel.put(id(box), why); });
  }

  /* The page has the position as strangers may read it. A field that was not edited gets all its
     decimals before it is sent: saving something else must not move the boat. */
  var isExact = false;
  function fillPosition(done, failed) {
    if (isExact || !petrel.hasToken()) { done(); return; }
    petrel.askWithToken("api/settings", function (settings) {
      ["latitude", "longitude"].forEach(function (key) {
        var field = id(key);
        if (field.value === field.defaultValue && settings[key] !== null) { field.value = settings[key]; }
      });
      isExact = true;
      done();
    }, failed);
  }

  petrel.tokenWorks = function () { fillPosition(function () {}, function () {}); };

  id("settings").addEventListener("submit", function (event) {
    event.preventDefault();
    function say(why) { petrel.put(id("settings-say"), why); }
    fillPosition(function () { send("api/settings", values(id("settings")), "settings-say"); }, say);
  });

  id("offset").addEventListener("submit", function (event) {
    event.preventDefault();
    var body = values(id("offset"));
    if (body.kind !== "qff") { delete body.outdoor_c; }
    send("api/offset", body, "offset-says");
  });

  function showOutdoor() { id("outdoor").hidden = id("kind").value !== "qff"; }
  id("kind").addEventListener("change", showOutdoor);
  showOutdoor();

  if (id("forget")) {
    id("forget").addEventListener("click", function () { send("api/offset/forget", {}, "offset-says"); });
  }

  function sayDrill(words) { petrel.put(id("drill-says"), words); }

  function showDrill(report) {
    var list = id("drill-list");
    petrel.clear(list);
    report.ways.forEach(function (way) { list.appendChild(petrel.make("li", "", way.way + ": " + way.words)); });
    id("drill").disabled = report.running;
    if (report.running) {
      sayDrill("DRILL: " + (report.signal || "").replace("_", " ").toUpperCase());
      setTimeout(askDrill, 1000);
    } else if (report.ways.length) {
      sayDrill(report.ended_by ? "The drill was ended by " + report.ended_by + "." :
        report.ways.some(function (way) { return way.failed; }) ? "Not every way answered." : "Every way answered.");
    }
  }

  function askDrill() {
    petrel.ask("api/alarm/drill", showDrill, function () { sayDrill("The Pi does not answer."); setTimeout(askDrill, 5000); });
  }

  id("drill").addEventListener("click", function () {
    sayDrill("");
    petrel.send("api/alarm/drill", {}, askDrill, sayDrill);
  });
  askDrill();

  petrel.checkToken();
}(window.petrel));
