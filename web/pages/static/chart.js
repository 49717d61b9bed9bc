/* The cursor of the curve: mouse, finger or arrow keys move it. The values are read from the drawing
   itself. Plain ES5; without it the drawing is the same. */
(function (petrel) {
  "use strict";

  var SVG = "http://www.w3.org/2000/svg";
  var MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  var box = petrel.id("chart");
  var spoken = petrel.make("p", "visually-hidden");  /* outside the box, which is swapped as a whole */
  var read = null;  /* the drawing, read back */
  var at = null;    /* where the cursor stands, Unix s */

  function numbers(text) { return (text.match(/-?\d*\.?\d+/g) || []).map(Number); }

  /* The points of a path of short steps: "M x y l dx dy dx dy …" */
  function points(svg, name) {
    var path = svg.querySelector("path." + name);
    var found = [];
    (path ? path.getAttribute("d") : "").split("M").slice(1).forEach(function (run) {
      var steps = numbers(run);
      var x = 0;
      var y = 0;
      for (var i = 0; i < steps.length; i += 2) {
        x += steps[i];
        y += steps[i + 1];
        /* A dot is a line that goes nowhere. */
        if (i === 0 || steps[i] || steps[i + 1]) { found.push({ x: x, y: y }); }
      }
    });
    return found;
  }

  /* The frame and the points of a drawing. */
  function chart() {
    var svg = box.querySelector("svg.barograph");
    if (!svg || (read && read.svg === svg)) { return svg ? read : null; }
    read = { svg: svg };
    ["start", "end", "now", "low", "high", "left", "right", "top", "bottom", "places"].forEach(
      function (name) { read[name] = Number(svg.getAttribute("data-" + name)); });
    read.unitHpa = Number(svg.getAttribute("data-unit-hpa"));
    read.symbol = svg.getAttribute("data-symbol");
    read.offsets = svg.getAttribute("data-offsets").split(" ").map(function (one) {
      return one.split(":").map(Number);
    });
    read.zones = svg.getAttribute("data-zones").split(" ");
    var strip = svg.getAttribute("data-trend");
    read.strip = strip && numbers(strip);
    read.width = svg.viewBox.baseVal.width;
    read.curve = points(svg, "curve").concat(points(svg, "dots"));
    read.curve.sort(function (one, other) { return one.x - other.x; });
    read.trend = strip ? points(svg, "trend") : [];
    return read;
  }

  function xOf(moment) {
    return read.left + (moment - read.start) / (read.end - read.start) * (read.right - read.left);
  }

  function momentOf(x) {
    return read.start + (x - read.left) / (read.right - read.left) * (read.end - read.start);
  }

  /* From the screen into the drawing. */
  function xOn(clientX) {
    var place = read.svg.getBoundingClientRect();
    return (clientX - place.left) / place.width * read.width;
  }

  function nearest(list, x) {
    var best = 0;
    for (var i = 1; i < list.length; i += 1) {
      if (Math.abs(list[i].x - x) < Math.abs(list[best].x - x)) { best = i; }
    }
    return best;
  }

  /* Words */

  /* To the minute, or to what a fifth of a unit of the drawing resolves. */
  function clock(moment) {
    var finest = (read.end - read.start) / (read.right - read.left) / 5;
    var step = [60, 300, 900, 3600, 10800].filter(function (s) { return s >= finest; })[0] || 86400;
    moment = Math.round(moment / step) * step;
    var i = read.offsets.length - 1;
    while (i > 0 && read.offsets[i][0] > moment) { i -= 1; }
    var local = new Date((moment + 60 * read.offsets[i][1]) * 1000);
    return local.getUTCDate() + " " + MONTHS[local.getUTCMonth()] + " " +
      petrel.twoDigits(local.getUTCHours()) + ":" + petrel.twoDigits(local.getUTCMinutes()) + " " + read.zones[i];
  }

  function inUnit(hpa) { return Math.abs(hpa / read.unitHpa).toFixed(read.places); }

  function change(hpa) {
    var words = inUnit(hpa);
    return (Number(words) ? hpa < 0 ? "\u2212" : "+" : "") + words;
  }

  function words(point) {
    var share = (read.bottom - point.y) / (read.bottom - read.top);
    var lines = [inUnit(read.low + share * (read.high - read.low)) + " " + read.symbol,
      clock(momentOf(point.x))];
    var then = read.trend[nearest(read.trend, point.x)];
    if (then && Math.abs(then.x - point.x) < 6) {
      var middle = (read.strip[1] + read.strip[2]) / 2;
      lines.push(change((middle - then.y) / (middle - read.strip[1]) * read.strip[0]) + " in 3 h");
    }
    return lines;
  }

  /* The cursor */

  function add(parent, tag, attributes) {
    var node = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    return parent.appendChild(node);
  }

  function remove() {
    var old = box.querySelector("g.cursor");
    if (old) { old.parentNode.removeChild(old); }
  }

  function draw(point, lines) {
    var group = add(read.svg, "g", { "class": "cursor", "pointer-events": "none" });
    var toLeft = point.x > (read.left + read.right) / 2;
    var x = point.x + (toLeft ? -16 : 16);
    /* In the half that the curve leaves free. */
    var y = point.y > (read.top + read.bottom) / 2 ? read.top + 30 : read.bottom - 74;
    add(group, "path", { d: "M" + point.x + " " + read.top + "V" +
      (read.strip ? read.strip[2] : read.bottom), stroke: "#b3001b", "stroke-width": 2 });
    add(group, "circle", { cx: point.x, cy: point.y, r: 7, fill: "none", stroke: "#b3001b",
      "stroke-width": 3 });
    var back = add(group, "rect", { fill: "#fdf7e3", "fill-opacity": 0.92, rx: 4 });
    var text = add(group, "text", { "text-anchor": toLeft ? "end" : "start", "font-size": 24 });
    lines.forEach(function (line, i) {
      var part = add(text, "tspan", { x: x, y: y + 28 * i });
      if (i === 0) { part.setAttribute("font-weight", "bold"); }
      part.textContent = line;
    });
    var size = text.getBBox();
    [["x", size.x - 6], ["y", size.y - 4], ["width", size.width + 12], ["height", size.height + 8]]
      .forEach(function (side) { back.setAttribute(side[0], side[1]); });
  }

  function show(index, isSpoken) {
    var point = read.curve[index];
    var lines = words(point);
    at = momentOf(point.x);
    remove();
    draw(point, lines);
    if (isSpoken) { spoken.textContent = lines.join(", "); }
  }

  function hide() {
    at = null;
    spoken.textContent = "";
    remove();
  }

  function point(event) {
    if (!petrel.zooming && chart() && read.curve.length) { show(nearest(read.curve, xOn(event.clientX))); }
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || petrel.zooming || !chart()) { return; }
    var last = read.curve.length - 1;
    var here = at === null ? null : nearest(read.curve, xOf(at));
    var step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape" && here !== null) {
      hide();
    } else if (last < 0 || !(step || event.key === "Home" || event.key === "End")) {
      return;
    } else if (step) {
      step *= event.shiftKey ? 10 : 1;
      show(here === null ? last : Math.min(Math.max(here + step, 0), last), true);
    } else {
      show(event.key === "Home" ? 0 : last, true);
    }
    event.preventDefault();
  }

  spoken.setAttribute("aria-live", "polite");
  box.parentNode.insertBefore(spoken, box.nextSibling);
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Curve: arrow keys read it, plus and minus zoom");
  box.addEventListener("mousemove", point);
  box.addEventListener("click", point);
  box.addEventListener("mouseleave", hide);
  box.addEventListener("keydown", key);

  petrel.chart = { read: chart, xOn: xOn, at: function () { return at; }, hide: remove };
  /* To be called after another drawing was put into #chart. */
  petrel.charted = function () {
    remove();
    if (at === null || !chart() || !read.curve.length) { return; }
    if (at < read.start || at > read.end) { hide(); } else { show(nearest(read.curve, xOf(at))); }
  };
}(window.petrel = window.petrel || {}));
