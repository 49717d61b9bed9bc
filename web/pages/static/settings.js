/* Sends what was filled in; it holds from then on. Plain ES5. */
(function (petrel) {
  "use strict";

  var id = petrel.id;

  /* A field left empty is null: then it is as the settings file has it. */
  function filled(form) {
    var values = {};
    for (var i = 0; i < form.elements.length; i += 1) {
      var field = form.elements[i];
      if (!field.name) { continue; }
      values[field.name] = field.value.trim() === "" ? null :
        field.type === "number" ? Number(field.value) : field.value.trim();
    }
    return values;
  }

  function say(box, words) { petrel.put(id(box), words); }

  /* Shows the page again, as it is with the new settings. */
  function comeBack() { location.reload(); }

  id("settings").addEventListener("submit", function (event) {
    event.preventDefault();
    say("settings-say", "");
    petrel.send("api/settings", filled(id("settings")), comeBack,
      function (why) { say("settings-say", why); });
  });

  id("offset").addEventListener("submit", function (event) {
    event.preventDefault();
    say("offset-says", "");
    var values = filled(id("offset"));
    if (values.kind !== "qff") { delete values.outdoor_c; }
    petrel.send("api/offset", values, comeBack,
      function (why) { say("offset-says", why); });
  });

  function kindChosen() { id("outdoor").hidden = id("kind").value !== "qff"; }
  id("kind").addEventListener("change", kindChosen);
  kindChosen();

  if (id("forget")) {
    id("forget").addEventListener("click", function () {
      petrel.send("api/offset/forget", {}, comeBack,
        function (why) { say("offset-says", why); });
    });
  }

  petrel.checkToken();
}(window.petrel));
