/* The alarm on this device. Once a tap has armed it, each page of this tab asks the Pi and sounds, hidden
   or not, until it is disarmed or the tab is closed. Plain ES5. */
(function (petrel) {
  "use strict";

  var KEY = "storm-petrel-armed";
  var PAGE = Math.random().toString(36).slice(2, 10) || "0";  /* so that a drill can count the pages */
  var ASK_MS = 5000;
  var ANSWER_MS = 12000;      /* an answer that takes longer is given up */
  var LOST_MS = 120000;
  var SLEEP_MS = 90000;       /* no browser slows a timer down that much: the page has slept */
  var AHEAD_S = 12;           /* what is given to the loudspeaker at once, for slow timers */
  /* Beeps, their seconds and hertz, and seconds from one turn to the next: as on the buzzer. */
  var PATTERNS = {
    watch: { beeps: 1, beep_s: 0.25, hz: 880, turn_s: 10 },
    warning: { beeps: 2, beep_s: 0.25, hz: 880, turn_s: 5 },
    storm: { beeps: 3, beep_s: 0.25, hz: 880, turn_s: 2 },
    no_data: { beeps: 1, beep_s: 1.5, hz: 440, turn_s: 6 }
  };
  var Context = window.AudioContext || window.webkitAudioContext;
  var overview = petrel.id("overview");
  var button = petrel.id("sound");
  var bar = petrel.make("div", "armed");
  var isArmed = false;
  var isStored = true;
  var audio = null;
  var out = null;         /* what the beeps go through; cut off when the signal changes */
  var playing = "";
  var nextTurnS = 0;      /* by the clock of the audio */
  var worker = null;
  var timer = 0;
  var alarm = {};         /* the newest answer: signal, drill */
  var request = null;
  var askedMs = 0, answeredMs = Date.now(), tickedMs = Date.now();
  var waitedMs = 0;       /* without an answer, while the page was awake */
  var isLostKnown = false;
  var heldMs = 0;         /* since when it has waited for the sound */
  var isTapped = false;   /* since this page was loaded */
  var slept = null;       /* from when to when */

  function clock(ms) {
    var time = new Date(ms);
    var days = Math.floor(Date.now() / 86400000) - Math.floor(ms / 86400000);
    return petrel.twoDigits(time.getHours()) + ":" + petrel.twoDigits(time.getMinutes()) +
      (days ? " of " + time.toLocaleDateString() : "");
  }

  function isLost() { return isArmed && waitedMs >= LOST_MS; }

  function signal() {
    if (isLost()) { return isLostKnown ? "" : "no_data"; }
    return alarm.drill || alarm.signal || "";
  }

  /* Sound */

  function isRunning() { return !audio.state || audio.state === "running"; }

  /* A browser needs a moment to begin. */
  function isHeld() { return isArmed && !isRunning() && Date.now() - heldMs > 1500; }

  function beep(at, pattern, to) {
    var tone = audio.createOscillator();
    tone.frequency.value = pattern.hz;
    tone.connect(to);
    tone.start(at);
    tone.stop(at + pattern.beep_s);
  }

  function gain(loudness) {
    var node = audio.createGain();
    node.gain.value = loudness;
    node.connect(audio.destination);
    return node;
  }

  /* Give the loudspeaker what sounds in the next seconds. */
  function play() {
    var now = signal(), pattern = PATTERNS[now];
    if (now !== playing) {
      if (out) { out.disconnect(); }
      out = pattern ? gain(0.8) : null;
      nextTurnS = 0;
      playing = now;
    }
    if (!pattern || !isRunning()) { return; }
    nextTurnS = Math.max(nextTurnS, audio.currentTime);
    while (nextTurnS < audio.currentTime + AHEAD_S) {
      for (var n = 0; n < pattern.beeps; n += 1) { beep(nextTurnS + 2 * n * pattern.beep_s, pattern, out); }
      nextTurnS += pattern.turn_s;
    }
  }

  /* A tone too low and too soft to be heard: browsers leave a page awake while it plays. */
  function stayAwake() {
    var tone = audio.createOscillator();
    tone.frequency.value = 30;
    tone.connect(gain(0.001));
    tone.start();
  }

  function resume() { if (isArmed && !isRunning() && audio.resume) { audio.resume(); } }

  /* Words */

  function line(className, text, label, tapped) {
    var row = petrel.make("p", className);
    if (text) { row.appendChild(petrel.make("span", "", text)); }
    if (label) {
      var node = row.appendChild(petrel.make("button", "act", label));
      node.type = "button";
      node.addEventListener("click", function () { tapped(); tick(); });
    }
    bar.appendChild(row);
  }

  function words(name) { return name.replace("_", " ").toUpperCase(); }

  function show() {
    var key = [isHeld(), isTapped, isLost() && answeredMs, isLostKnown, slept, alarm.drill, playing].join();
    if (bar.getAttribute("data-key") === key) { return; }
    bar.setAttribute("data-key", key);
    petrel.clear(bar);
    if (isHeld()) {
      line("held", "", isTapped ? "No sound comes out of this browser: look at the device’s sound, and tap again" :
        "Tap once: this browser holds the sound back until then", resume);
    }
    if (isLost()) {
      line("unheard", "This page hears nothing from the Pi since " + clock(answeredMs) + ".",
        isLostKnown ? "" : "Be quiet", function () { isLostKnown = true; });
    }
    if (slept) {
      line("slept", "This page slept from " + clock(slept[0]) + " to " + clock(slept[1]) +
        " and could not sound.", "I know", function () { slept = null; });
    }
    if (alarm.drill) { line("drill", "DRILL: " + words(alarm.drill)); }
    if (!overview && playing && !alarm.drill && !isLost()) {
      line("sounding", words(playing));
      var link = bar.lastChild.appendChild(petrel.make("a", "", "Acknowledge on the barograph"));
      link.href = "./";
    }
    bar.className = "armed" + (isLost() ? " is-unheard" : "");
  }

  function showButton() {
    if (!button) { return; }
    button.setAttribute("aria-pressed", String(isArmed));
    petrel.put(button, isArmed ? "This device sounds with the alarm: tap to stop that" :
      "Sound the alarm on this device too");
    var isPhone = /iP(hone|ad|od)/.test(navigator.userAgent) || navigator.standalone !== undefined;
    petrel.put(petrel.id("sound-says"), !isArmed ? "" : (isPhone ?
      "Keep this page in front and the screen on: this device stops every page that it does not show." :
      "Leave this tab open, and the volume up. It sounds behind another tab too.") +
      (isStored ? "" : " Stay on this page: this browser stores nothing for the next."));
  }

  /* Asking */

  petrel.hear = function (heard) {
    alarm = heard;
    if (isArmed) { play(); }
    show();
  };

  function answered(text) {
    var heard = null;
    request = null;
    try { heard = JSON.parse(text); } catch (error) { return; }
    answeredMs = Date.now();
    waitedMs = 0;
    isLostKnown = false;
    petrel.hear(heard);
  }

  function ask() {
    if (request) { request.abort(); }
    askedMs = Date.now();
    request = petrel.get("api/alarm?armed=" + PAGE, answered, function () { request = null; });
  }

  function tick() {
    if (!isArmed) { return; }
    var nowMs = Date.now(), gapMs = nowMs - tickedMs;
    if (gapMs > SLEEP_MS) { slept = [slept ? slept[0] : tickedMs, nowMs]; }
    tickedMs = nowMs;
    /* After a sleep the Pi may answer first. */
    waitedMs += Math.min(Math.max(gapMs, 0), SLEEP_MS);
    if (Math.abs(nowMs - askedMs) >= (request ? ANSWER_MS : ASK_MS)) { ask(); }
    resume();
    play();
    show();
  }

  /* Arming */

  function store(value) {
    try { sessionStorage.setItem(KEY, value); } catch (error) { isStored = false; }
  }

  function arm() {
    audio = new Context();
    isArmed = true;
    heldMs = Date.now();
    tickedMs = answeredMs = Date.now();
    waitedMs = 0;
    /* An iPhone then sounds with its mute switch on. */
    if (navigator.audioSession) { navigator.audioSession.type = "playback"; }
    stayAwake();
    timer = setInterval(tick, 1000);
    try {
      worker = new Worker("static/tick.js");
      worker.onmessage = tick;
    } catch (error) { worker = null; }  /* the page has its own timer */
    resume();
    ask();
    showButton();
  }

  function disarm() {
    isArmed = false;
    clearInterval(timer);
    if (worker) { worker.terminate(); }
    if (request) { request.abort(); }
    if (audio.close) { audio.close(); }
    request = out = worker = null;
    playing = "";
    slept = null;
    showButton();
    show();
  }

  bar.setAttribute("role", "alert");
  document.querySelector("header").insertAdjacentElement("afterend", bar);
  if (!Context) { return; }
  if (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      store(isArmed ? "" : "1");
      if (isArmed) { disarm(); return; }
      arm();
      beep(audio.currentTime, PATTERNS.watch, gain(0.8));
    });
  }
  ["click", "touchend", "keydown"].forEach(function (name) {
    document.addEventListener(name, function () {
      isTapped = true;
      heldMs = Date.now();
      resume();
    }, true);
  });
  ["visibilitychange", "pageshow"].forEach(function (name) { window.addEventListener(name, tick, true); });
  try { if (sessionStorage.getItem(KEY) === "1") { arm(); } } catch (error) { isStored = false; }
}(window.petrel));
