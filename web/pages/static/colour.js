/* The colour page: what the sensor sees, asked for while somebody looks, and how taps end.
   The lesson is kept on the Pi. */
(function (petrel) {
  "use strict";

  var CHANNELS = ["red", "green", "blue", "clear"];
  var POLL_MS = 400, NOTICE_MS = 4000;
  var id = petrel.id, put = petrel.put, make = petrel.make, clear = petrel.clear;
  var percent = petrel.percent, hertz = petrel.hertz, inkOn = petrel.inkOn, ask = petrel.ask;

  var live = null, lesson = null;
  var request = null, timer = null, noticeTimer = null, noticed = -1;
  var heard = new Date();

  function tell(what, body) {
    petrel.send("api/colour/" + what, body || {}, refresh, function (words) { notice(words, true); });
  }

  function silent(words) { put(id("silence"), words ? words.trim() : petrel.noAnswer(heard)); }

  function refresh() {
    clearTimeout(timer);
    if (request) { request.abort(); request = null; }
    if (document.hidden) { return; }
    request = ask("api/colour", function (answer) {
      live = answer;
      heard = new Date();
      put(id("silence"), "");
      showLive();
      if (!lesson || lesson.version !== live.lesson) {
        ask("api/colour/lesson", function (answer) { lesson = answer; petrel.showLesson(lesson); showLive(); again(); }, again);
      } else { again(); }
    }, function (words) { silent(words); again(); });
  }

  function again() { request = null; clearTimeout(timer); timer = setTimeout(refresh, POLL_MS); }

  /* What the sensor sees */

  function showLive() {
    var seen = live.seen, colour = seen && seen.colour;
    var swatch = id("swatch");
    swatch.className = colour ? "swatch" : "swatch is-unknown";
    swatch.style.backgroundColor = colour ? colour.hex : "";
    swatch.style.color = colour ? inkOn(colour.hex) : "";
    put(id("hex"), colour ? colour.hex : "");
    put(id("name"), colour ? colour.words : seen ? "no white yet" : "–");
    put(id("long-name"), colour ? colour.long_name : seen ? "step 1 comes first" : live.fault ? "" : "waiting for a reading");
    put(id("sure"), colour ? "sure to " + percent(colour.confidence) + ", else " + colour.runner_up : "");
    showSorted(seen && seen.sorted);
    showDoubts(seen ? seen.doubts : []);
    put(id("fault"), live.fault);
    id("fault").hidden = !live.fault;
    showChannels(seen);
    showErrand();
    petrel.showState(live);
    id("undo").hidden = !live.undo;
    put(id("undo"), "Take back: " + live.undo);
  }

  function sortedWords(sorted) {
    if (sorted.label === "nothing") { return ["nothing there", ""]; }
    if (sorted.label === null) {
      return ["unknown", sorted.runner_up ? "nearest is " + sorted.runner_up : ""];
    }
    return [sorted.label, "sure to " + percent(sorted.confidence) + (sorted.runner_up ? ", else " + sorted.runner_up : "")];
  }

  function showSorted(sorted) {
    id("sorted").hidden = !sorted;
    var words = sorted ? sortedWords(sorted) : ["–", lesson && lesson.classes.confusion ?
      "waiting for a reading" : "No class has been taught yet: that is step 3."];
    put(id("sorted"), "sorted: " + words[0] + (sorted && sorted.label === null && words[1] ? ", " + words[1] : ""));
    put(id("verdict"), words[0]);
    put(id("verdict-says"), words[1]);
  }

  function showDoubts(doubts) {
    var list = id("doubts");
    list.hidden = !doubts.length;
    if (list.textContent === doubts.join("")) { return; }
    clear(list);
    doubts.forEach(function (doubt) { list.appendChild(make("li", "", doubt)); });
  }

  function cells(row, count) {
    while (row.children.length < count) { row.appendChild(make("td")); }
    return row.children;
  }

  function showChannels(seen) {
    var bars = cells(id("bars"), 4), numbers = cells(id("hertz"), 4), errors = cells(id("plus-minus"), 4);
    CHANNELS.forEach(function (channel, i) {
      var share = seen && seen.share_of_white ? seen.share_of_white[channel] : 0;
      bar(bars[i], channel).setAttribute("width", String(100 * Math.max(0, Math.min(1, share))));
      put(numbers[i], seen ? hertz(seen.hz[channel]) : "–");
      put(errors[i], seen ? "± " + hertz(seen.uncertainty_hz[channel]) + " Hz" : "");
    });
  }

  function bar(cell, channel) {
    if (!cell.firstChild) {
      var space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg");
      svg.setAttribute("viewBox", "0 0 100 8");
      svg.setAttribute("preserveAspectRatio", "none");
      svg.setAttribute("aria-hidden", "true");
      var rect = document.createElementNS(space, "rect");
      rect.setAttribute("height", "8");
      rect.setAttribute("class", "bar-" + channel);
      svg.appendChild(rect);
      cell.appendChild(svg);
    }
    return cell.firstChild.firstChild;
  }

  /* What is going on */

  function tray(words, kind) {
    id("tray").hidden = !words;
    id("tray").className = "tray" + (kind ? " is-" + kind : "");
    put(id("says"), words);
    id("cancel").textContent = kind ? "OK" : "Stop";
  }

  function notice(words, isBad) {
    clearTimeout(noticeTimer);
    tray(words.trim(), isBad ? "bad" : "done");
    if (!isBad) { noticeTimer = setTimeout(function () { if (!live.errand) { tray("", ""); } }, NOTICE_MS); }
  }

  function showErrand() {
    var errand = live.errand;
    if (errand) {
      clearTimeout(noticeTimer);
      var all = errand.taken >= errand.wanted;
      tray(all ? errand.what + ": working it out" : "Keep still: " + errand.what + ", reading " +
        (errand.taken + 1) + " of " + errand.wanted, "");
      id("progress").value = errand.taken / errand.wanted;
    } else if (live.notice.number !== noticed && (noticed >= 0 || live.notice.is_bad)) {
      notice(live.notice.words, live.notice.is_bad);
    } else if (id("tray").className === "tray") { tray("", ""); }
    if (!errand) { noticed = live.notice.number; }
  }

  id("cancel").addEventListener("click", function () {
    if (live && live.errand) { tell("cancel"); } else { tray("", ""); }
  });

  petrel.tell = tell;
  document.addEventListener("visibilitychange", refresh);
  petrel.checkToken();
  refresh();
}(window.petrel));
