/* The steps of the colour page: dark and white, cards, classes, sorting. Kept here is only which
   step and which class this browser is at. */
(function (petrel) {
  "use strict";

  var WHITES = [[0.9, "printer paper (90 %)"], [0.95, "PTFE tape (95 %)"], [0.91, "white of a ColorChecker (91 %)"]];
  var DISTANCES = [[1.4, "nearer"], [1, "usual distance"], [0.7, "farther"]];
  var SECOND_TAP_MS = 4000;
  var id = petrel.id, put = petrel.put, make = petrel.make, clear = petrel.clear;
  var percent = petrel.percent, hertz = petrel.hertz, inkOn = petrel.inkOn;
  var chips = petrel.chips, press = petrel.press;

  var lesson = null, busy = false, liesThere = "";
  var step = "", chosen = "", reflectance = 0, closeness = 1;

  function tell(what, body) { petrel.tell(what, body); }

  petrel.showLesson = function (fresh) {
    lesson = fresh;
    if (!step) { choose(firstStep()); }
    showReferences();
    showCards();
    showClasses();
    showScene();
  };

  /* What can be tapped now, and what lies under a simulated sensor. */
  petrel.showState = function (live) {
    busy = !!live.errand;
    if (!lesson) { return; }
    var references = lesson.references;
    id("dark").disabled = id("empty").disabled = busy;
    id("white").disabled = busy || !references.waits_for_white && !references.white_hz;
    id("keep-cards").disabled = busy || lesson.cards.is_saved;
    id("piece").disabled = busy || !chosen;
    if (live.lies_there === null) { return; }
    liesThere = live.lies_there;
    press(id("scene"), liesThere);
    put(id("lies-there"), liesThere || "nothing");
    press(id("closeness"), String(closeness));
  };

  function firstStep() {
    var wanted = location.hash.substr(1);
    if (/^(white|cards|teach|sort)$/.test(wanted)) { return wanted; }
    return lesson.references.white_hz ? lesson.classes.confusion ? "sort" : "teach" : "white";
  }

  function choose(wanted) {
    step = wanted;
    var links = id("steps").querySelectorAll("a");
    for (var i = 0; i < links.length; i += 1) {
      var name = links[i].getAttribute("data-step");
      id("step-" + name).hidden = name !== step;
      if (name === step) { links[i].setAttribute("aria-current", "step"); } else { links[i].removeAttribute("aria-current"); }
    }
  }

  window.addEventListener("hashchange", function () {
    if (petrel.tokenFromAddress()) { petrel.checkToken(); }
    if (lesson) { choose(firstStep()); }
  });

  function clearHertz(channels) { return "clear " + hertz(channels.clear) + " Hz"; }

  function showReferences() {
    var known = lesson.references, waits = known.waits_for_white;
    id("dark").className = "act" + (waits || known.dark_hz ? " is-done" : "");
    put(id("dark-says"), waits ? "read; white is to follow" : known.dark_hz ?
      clearHertz(known.dark_hz) + "; tap to begin again" : "lamp on, nothing in front of the sensor");
    id("white").className = "act" + (known.white_hz && !waits ? " is-done" : "");
    put(id("white").querySelector("b"), known.white_hz && !waits ? "Read white again" : "White");
    put(id("white-says"), waits ? "lay the white card there, and tap" : known.white_hz ?
      clearHertz(known.white_hz) : "after dark: the white card under the sensor");
    if (!reflectance) { reflectance = known.white_reflectance; }
    chips(id("reflectance"), WHITES.map(function (white) {
      return { value: String(white[0]), text: white[1] };
    }), function (value) { reflectance = Number(value); press(id("reflectance"), value); });
    press(id("reflectance"), String(reflectance));
  }

  function showCards() {
    var cards = lesson.cards, box = id("cards"), few = cards.rows.length <= 12;
    put(id("cards-lead"), !lesson.references.white_hz ? "Dark and white come first: that is step 1." :
      "Lay a card under the sensor and tap its colour here. Six strong colours are enough to be good; without any, the correction that ships with the toolkit is used.");
    box.className = "cards" + (few ? " is-few" : "");
    clear(box);
    cards.rows.forEach(function (card) { box.appendChild(cardButton(card, few, card.name === cards.worst)); });
    clear(id("cards-say"));
    cardWords(cards).forEach(function (part) { id("cards-say").appendChild(part); });
    id("forget-cards").hidden = !cards.count;
    put(id("keep-cards").querySelector("b"), cards.is_saved ? cards.count ? "Saved" : "Nothing to save" : "Save");
  }

  function cardButton(card, few, isWorst) {
    var button = make("button", isWorst ? "is-worst" : "");
    button.type = "button";
    button.title = card.name;
    button.style.backgroundColor = card.hex;
    button.style.color = inkOn(card.hex);
    if (card.seen_hex) {
      var seen = make("span", "seen");
      seen.style.backgroundColor = card.seen_hex;
      button.appendChild(seen);
    }
    var off = card.delta_e === null ? card.seen_hex ? "✓" : "" : card.delta_e.toFixed(1);
    var words = make("span", "words", few ? card.name + (off ? " " + off : "") : off);
    button.appendChild(words);
    button.setAttribute("aria-label", card.name + (card.seen_hex ? ", read" : "") +
      (card.delta_e === null ? "" : ", off by " + card.delta_e.toFixed(1)) + (isWorst ? ", the worst" : ""));
    button.disabled = !lesson.references.white_hz;
    button.addEventListener("click", function () { tell("card", { name: card.name }); });
    return button;
  }

  function cardWords(cards) {
    if (!cards.count) { return []; }
    var words = [], said = cards.count + (cards.count === 1 ? " card. " : " cards. ");
    if (cards.begins_anew) { said += "White was read again since: the next card begins a new set. "; }
    words.push(document.createTextNode(said));
    if (cards.mean_delta_e !== null) {
      words.push(document.createTextNode("A card that the fit has not seen is off by "));
      words.push(make("b", "", cards.mean_delta_e.toFixed(1)));
      words.push(document.createTextNode(" on the average (CIEDE2000); the worst is " + cards.worst + ". Does it lie there as named? Tap it to read it again."));
    }
    return words;
  }

  function showClasses() {
    var classes = lesson.classes;
    var labels = classes.rows.map(function (row) { return row.label; });
    if (!chosen) { chosen = classes.newest; }
    if (chosen && labels.indexOf(chosen) < 0) { labels.push(chosen); }
    chips(id("classes"), labels.map(function (label) {
      var row = rowOf(label);
      return { value: label, text: label, hex: row && row.hex, small: (row ? row.count : 0) + "/" + classes.enough };
    }), chooseClass);
    chips(id("ready-made"), classes.ready_made.map(function (name) { return { value: name, text: name }; }), function (name) {
      id("another").open = false;
      chooseClass(name);
    });
    if (!labels.length) { id("another").open = true; }
    press(id("classes"), chosen);
    showPiece();
    put(id("empty"), classes.empty_is_taken ? "Read the empty place again" : "Read the empty place");
    showExamined();
  }

  function rowOf(label) {
    return lesson.classes.rows.filter(function (row) { return row.label === label; })[0];
  }

  function chooseClass(label) {
    chosen = label;
    showClasses();
  }

  function showPiece() {
    var row = chosen && rowOf(chosen), count = row ? row.count : 0, classes = lesson.classes;
    put(id("piece-title"), chosen ? "This is " + chosen : "Choose a class first");
    put(id("piece-says"), !chosen ? "" : count >= classes.enough ? count + " pieces: enough; more do no harm" :
      "piece " + (count + 1) + " of " + classes.enough + (count < classes.fewest ? "; sorted from " + classes.fewest + " on" : ""));
    id("piece").disabled = busy || !chosen;
    id("forget-class").hidden = !row;
    put(id("forget-class"), "Remove " + chosen);
  }

  function showExamined() {
    var box = id("examined"), classes = lesson.classes, found = classes.confusion;
    clear(box);
    if (!found || found.labels.length < 2) { return; }
    box.appendChild(make("h2", "", "Tried out on pieces left out: " + percent(found.accuracy) + " right"));
    var list = make("ul");
    classes.too_close.forEach(function (pair) {
      var often = Math.max(pair.mixed_up, pair.expected);
      list.appendChild(make("li", "", pair.one + " and " + pair.other + " are too close: about " +
        (often < 0.01 ? "1" : Math.round(100 * often)) + " of 100 are mixed up. Teach more pieces of both, or make them one class."));
    });
    if (list.firstChild) { box.appendChild(list); }
    box.appendChild(table(found));
  }

  function table(found) {
    var scrolls = make("div", "scrolls"), body = make("table", "mixed"), head = make("tr");
    head.appendChild(make("th", "", "taught"));
    found.labels.forEach(function (label, i) { head.appendChild(column(String(i + 1), "sorted into " + label)); });
    head.appendChild(column("?", "unknown"));
    body.appendChild(head);
    found.counts.forEach(function (counts, i) {
      var row = make("tr"), name = make("th", "", (i + 1) + " " + found.labels[i]);
      name.scope = "row";
      row.appendChild(name);
      counts.forEach(function (count, j) {
        row.appendChild(make("td", !count ? "" : i === j ? "right" : "wrong", count ? String(count) : "·"));
      });
      body.appendChild(row);
    });
    scrolls.tabIndex = 0;
    scrolls.appendChild(body);
    return scrolls;
  }

  function column(text, title) {
    var cell = make("th", "", text);
    cell.scope = "col";
    cell.title = title;
    return cell;
  }

  function showScene() {
    if (!id("scene") || id("scene").firstChild) { return; }
    var things = lesson.surfaces.map(function (name) {
      var card = lesson.cards.rows.filter(function (row) { return row.name === name; })[0];
      return { value: name, label: name, hex: card && card.hex };
    });
    things.unshift({ value: "", label: "nothing" });
    chips(id("scene"), things, function (value) { lay(value); });
    chips(id("closeness"), DISTANCES.map(function (distance) {
      return { value: String(distance[0]), text: distance[1] };
    }), function (value) { closeness = Number(value); lay(liesThere); });
  }

  function lay(what) { tell("scene", { show: what, closeness: closeness }); }

  /* Taps */

  function onTap(name, what, body) {
    id(name).addEventListener("click", function () { tell(what, body ? body() : {}); });
  }

  /* What cannot be had back easily is tapped twice. */
  function onSecondTap(name, what, body) {
    var button = id(name), before = "", armed = null;
    function disarm() { clearTimeout(armed); armed = null; button.className = "plain"; put(button, before); }
    button.addEventListener("click", function () {
      if (armed) { disarm(); tell(what, body()); return; }
      before = button.textContent;
      button.className = "plain is-armed";
      put(button, button.getAttribute("data-again"));
      armed = setTimeout(disarm, SECOND_TAP_MS);
    });
  }

  onTap("dark", "dark");
  onTap("white", "white", function () { return { white_reflectance: reflectance }; });
  onTap("keep-cards", "keep-cards");
  onTap("piece", "piece", function () { return { label: chosen }; });
  onTap("empty", "empty");
  onTap("undo", "undo");
  onSecondTap("forget-cards", "forget-cards", function () { return {}; });
  onSecondTap("forget-class", "forget-class", function () { var label = chosen; chosen = ""; return { label: label }; });

  id("own").addEventListener("submit", function (event) {
    event.preventDefault();
    var name = id("own-name").value.replace(/\s+/g, " ").trim();
    if (!name) { return; }
    id("own-name").value = "";
    id("another").open = false;
    chooseClass(name);
  });

}(window.petrel));
