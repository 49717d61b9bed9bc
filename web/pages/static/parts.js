/* What the scripts of the pages share: words, numbers, colours, buttons. Plain ES5. */
(function (petrel) {
  "use strict";

  /* Small things */

  function id(name) { return document.getElementById(name); }

  function put(node, text) { if (node.textContent !== text) { node.textContent = text; } }

  function make(tag, className, text) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    if (text) { node.textContent = text; }
    return node;
  }

  function clear(node) { while (node.firstChild) { node.removeChild(node.firstChild); } }

  function percent(share) { return Math.round(100 * share) + "\u00a0%"; }

  function hertz(hz) {
    var places = hz < 10 ? 2 : hz < 100 ? 1 : 0;
    return hz.toFixed(places).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");
  }

  function twoDigits(number) { return (number < 10 ? "0" : "") + number; }

  function noAnswer(since) {
    return "No answer from the Pi since " + twoDigits(since.getHours()) + ":" + twoDigits(since.getMinutes()) +
      " by this device’s clock. What you see is old. Still trying.";
  }

  /* Black or white, whichever is read better on a colour. */
  function inkOn(hex) {
    var light = 0.3 * parseInt(hex.substr(1, 2), 16) + 0.59 * parseInt(hex.substr(3, 2), 16) +
      0.11 * parseInt(hex.substr(5, 2), 16);
    return light > 135 ? "#000" : "#fff";
  }

  /* Buttons to choose from: each {value, text or label, hex, small}. */

  function chips(box, wanted, chosen) {
    clear(box);
    wanted.forEach(function (one) {
      var chip = make("button");
      chip.type = "button";
      chip.setAttribute("data-value", one.value);
      if (one.hex) {
        var dot = make("i");
        dot.style.backgroundColor = one.hex;
        chip.appendChild(dot);
      }
      if (one.label) { chip.setAttribute("aria-label", one.label); chip.title = one.label; }
      if (one.text) { chip.appendChild(document.createTextNode(one.text)); }
      if (one.small) { chip.appendChild(make("small", "", one.small)); }
      chip.addEventListener("click", function () { chosen(one.value); });
      box.appendChild(chip);
    });
  }

  function press(box, value) {
    for (var i = 0; box && i < box.children.length; i += 1) {
      var is = String(box.children[i].getAttribute("data-value") === value);
      if (box.children[i].getAttribute("aria-pressed") !== is) { box.children[i].setAttribute("aria-pressed", is); }
    }
  }

  petrel.id = id;
  petrel.put = put;
  petrel.make = make;
  petrel.clear = clear;
  petrel.percent = percent;
  petrel.hertz = hertz;
  petrel.noAnswer = noAnswer;
  petrel.inkOn = inkOn;
  petrel.chips = chips;
  petrel.press = press;
}(window.petrel = window.petrel || {}));
