/* What the scripts of the pages share: words, numbers, colours, buttons. Plain ES5. */
(function (petrel) {
  "use strict";

  petrel.id = function (name) { return document.getElementById(name); };

  petrel.put = function (node, text) { if (node.textContent !== text) { node.textContent = text; } };

  petrel.make = function (tag, className, text) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    if (text) { node.textContent = text; }
    return node;
  };

  petrel.clear = function (node) { while (node.firstChild) { node.removeChild(node.firstChild); } };

  petrel.percent = function (share) { return Math.round(100 * share) + "\u00a0%"; };

  petrel.hertz = function (hz) {
    var places = hz < 10 ? 2 : hz < 100 ? 1 : 0;
    return hz.toFixed(places).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");
  };

  petrel.twoDigits = function (number) { return (number < 10 ? "0" : "") + number; };

  petrel.noAnswer = function (since) {
    return "No answer from the Pi since " + petrel.twoDigits(since.getHours()) + ":" +
      petrel.twoDigits(since.getMinutes()) + " by this device’s clock. What you see is old. Still trying.";
  };

  /* Black or white, whichever is read better on a colour. */
  petrel.inkOn = function (hex) {
    var light = 0.3 * parseInt(hex.substr(1, 2), 16) + 0.59 * parseInt(hex.substr(3, 2), 16) +
      0.11 * parseInt(hex.substr(5, 2), 16);
    return light > 135 ? "#000" : "#fff";
  };

  /* Fill a box with buttons, each {value, text or label, hex, small}. */
  petrel.chips = function (box, choices, choose) {
    petrel.clear(box);
    choices.forEach(function (choice) {
      var chip = petrel.make("button");
      chip.type = "button";
      chip.setAttribute("data-value", choice.value);
      if (choice.hex) {
        chip.appendChild(petrel.make("i")).style.backgroundColor = choice.hex;
      }
      if (choice.label) { chip.setAttribute("aria-label", choice.label); chip.title = choice.label; }
      if (choice.text) { chip.appendChild(document.createTextNode(choice.text)); }
      if (choice.small) { chip.appendChild(petrel.make("small", "", choice.small)); }
      chip.addEventListener("click", function () { choose(choice.value); });
      box.appendChild(chip);
    });
  };

  petrel.press = function (box, value) {
    for (var i = 0; box && i < box.children.length; i += 1) {
      var is = String(box.children[i].getAttribute("data-value") === value);
      if (box.children[i].getAttribute("aria-pressed") !== is) { box.children[i].setAttribute("aria-pressed", is); }
    }
  };
}(window.petrel = window.petrel || {}));
