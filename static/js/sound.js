// One short tune for each verdict. Never the only signal, and off when the user says so.

const KEY = "unbroken.sound";
const STEP_S = 0.13;

// Each verdict: wave, then notes in Hz (0 is a rest), one step each.
const TUNES = {
  OK: ["sine", 659, 988],
  CAUTION: ["triangle", 523, 0, 523, 415],
  STOP: ["sawtooth", 196, 196, 0, 196, 196, 0, 196, 196],
  SCAN_AGAIN: ["square", 1175, 0, 1175],
  CANNOT_CHECK: ["triangle", 440, 330, 247],
  ALREADY_SCANNED_HERE: ["sine", 587, 0, 587, 0, 587],
};

let audio = null;

export function soundIsOn() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function switchSound() {
  const next = soundIsOn() ? "off" : "on";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A browser that keeps nothing keeps the sound on.
  }
}

function note(wave, hertz, from) {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = wave;
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(wave === "sine" ? 0.2 : 0.09, from + 0.012);
  gain.gain.linearRampToValueAtTime(0, from + STEP_S);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(from);
  oscillator.stop(from + STEP_S);
}

/** Play the verdict's tune; silent where the browser wants a key press first. */
export function play(verdict) {
  const tune = TUNES[verdict];
  if (!tune || !soundIsOn() || !window.AudioContext) return;
  audio ??= new AudioContext();
  audio.resume().catch(() => {});
  const [wave, ...notes] = tune;
  const start = audio.currentTime + 0.02;
  notes.forEach((hertz, step) => hertz && note(wave, hertz, start + step * STEP_S));
}
