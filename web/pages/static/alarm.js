/* Acknowledge or silence the alarm, sound it on this device, set the Pi's clock.
   Browsers allow sound only after a tap. */
(function (petrel) {
  "use strict";

  var overview = petrel.id("overview");
  var sound = petrel.id("sound");
  var says = petrel.id("clock-says");
  var Context = window.AudioContext || window.webkitAudioContext;
  var audio = null;
  var beeping = 0;
  /* Beeps, and seconds from one round to the next, as on the buzzer. */
  var PATTERNS = { watch: [1, 10], warning: [2, 5], storm: [3, 2] };
  var BEEP_S = 0.25;
  var OFF_MS = 120000;

  function say(words) { says.hidden = !words; petrel.put(says, words); }

  function level() { return overview.getAttribute("data-sounding") || ""; }

  function beep(at) {
    var tone = audio.createOscillator(), loudness = audio.createGain();
    tone.frequency.value = 880;
    loudness.gain.value = 0.4;
    tone.connect(loudness);
    loudness.connect(audio.destination);
    tone.start(at);
    tone.stop(at + BEEP_S);
  }

  function play() {
    clearTimeout(beeping);
    beeping = 0;
    var pattern = PATTERNS[level()];
    if (!audio || !pattern || sound.getAttribute("aria-pressed") !== "true") { return; }
    for (var n = 0; n < pattern[0]; n += 1) { beep(audio.currentTime + 2 * n * BEEP_S); }
    beeping = setTimeout(play, 1000 * pattern[1]);
  }

  sound.hidden = !Context;
  sound.addEventListener("click", function () {
    var on = sound.getAttribute("aria-pressed") !== "true";
    sound.setAttribute("aria-pressed", String(on));
    petrel.put(sound, on ? "This device sounds with the alarm: tap to stop that" : "Sound the alarm on this device too");
    if (on && !audio) { audio = new Context(); }
    if (audio && audio.resume) { audio.resume(); }
    if (on) { beep(audio.currentTime); }
    play();
  });

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
    if (!beeping) { play(); }
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
