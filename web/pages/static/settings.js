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

  id("settings").addEventListener("submit", function (event) {
    event.preventDefault();
    send("api/settings", values(id("settings")), "settings-say");
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

  petrel.checkToken();
}(window.petrel));
