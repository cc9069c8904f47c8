// The scan page: a new scan replaces the answer at once, is announced, sounded and listed.
// Without this file the form works all the same, as a plain GET.

import { drawRecent, forget, remember } from "./recent.js";
import { play, soundIsOn, switchSound } from "./sound.js";
import { listenForWedge } from "./wedge.js";

const PATIENCE_MS = 10_000;
const RETRY_MS = 1_000;
const CODE_MAX = 2_001; // One more than a code may have: the server then says so.

const main = document.getElementById("main");
let running = null;
let retryTimer = 0;

function announce(text) {
  const region = document.querySelector("[data-announce]");
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 60);
}

function addressOf(code) {
  const whole = code.slice(0, CODE_MAX).replaceAll("\u241d", "\u001d");
  const sent = whole.isWellFormed?.() === false ? whole.toWellFormed() : whole;
  return `/scan?code=${encodeURIComponent(sent)}`;
}

function showChecking() {
  document.body.classList.add("is-checking");
  const hint = document.querySelector("[data-scan-hint]");
  if (hint) hint.textContent = "Checking…";
}

function showDocument(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  main.replaceChildren(...page.getElementById("main").childNodes);
  document.title = page.title;
}

function showOffline() {
  const answer = document.querySelector("template[data-offline]").content.cloneNode(true);
  main.querySelectorAll(".verdict, .folds, .welcome, .trio, [data-help]").forEach((old) => old.remove());
  const bar = main.querySelector("[data-scan-form]");
  if (bar) bar.after(answer); else main.prepend(answer);
  document.title = "Cannot check · Unbroken";
}

async function load(address, signal) {
  const response = await fetch(address, { signal, cache: "no-store", credentials: "same-origin" });
  if (response.status >= 500) throw new Error(`status ${response.status}`);
  return response.text();
}

/** Show what the server says at `address`. `step`: "push" and "replace" write the history. */
async function go(address, step) {
  running?.abort();
  clearTimeout(retryTimer);
  const mine = new AbortController();
  running = mine;
  const patience = setTimeout(() => mine.abort(), PATIENCE_MS);
  if (step !== "replace") showChecking();
  try {
    const text = await load(address, mine.signal);
    if (running !== mine) return;
    showDocument(text);
  } catch {
    if (running !== mine) return;
    showOffline();
  } finally {
    clearTimeout(patience);
  }
  document.body.classList.remove("is-checking");
  if (step === "push") history.pushState(null, "", address);
  if (step === "replace") history.replaceState(null, "", address);
  arrive(step === "replace");
}

function ticksOf(article) {
  const name = (tick, part) => tick.querySelector(`.tick__${part}`)?.textContent.trim() ?? "";
  return [...article.querySelectorAll(".tick")].map((t) => `${name(t, "name")}: ${name(t, "state")}.`).join(" ");
}

function lineOf(article, word) {
  const { verdict, product, lot } = article.dataset;
  const what = [product, lot && `lot ${lot}`].filter(Boolean).join(" · ") || "Not readable";
  const at = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return { verdict, word, what, at, url: location.pathname + location.search };
}

let lastShown = "";

/** Tell what stands on the page: to the eye by focus, to the ear by voice and tune. */
function arrive(again) {
  const article = document.querySelector("[data-verdict]");
  if (article) tell(article, again);
  drawRecent();
  drawSound();
}

function tell(article, again) {
  const word = article.querySelector("[data-verdict-word]");
  const deed = article.querySelector("[data-verdict-do]").textContent.trim();
  const said = `${word.textContent.trim()}. ${deed} ${ticksOf(article)}`;
  word.focus({ preventScroll: true });
  if (!again) window.scrollTo(0, 0);
  remember(lineOf(article, word.textContent.trim()));
  const { retry, verdict } = article.dataset;
  if (retry) retryTimer = setTimeout(() => go(retry, "replace"), RETRY_MS);
  if (again && said === lastShown) return;
  lastShown = said;
  announce(said);
  play(verdict);
}

function drawSound() {
  const place = document.querySelector("[data-sound]");
  if (!place) return;
  place.hidden = false;
  const button = place.querySelector("[data-sound-toggle]");
  button.setAttribute("aria-pressed", String(soundIsOn()));
  button.textContent = soundIsOn() ? "Sound is on" : "Sound is off";
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-scan-form]")) return;
  event.preventDefault();
  const field = event.target.querySelector("[data-scan-input]");
  if (field.value.trim()) go(addressOf(field.value), "push"); else field.focus();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-recent-clear]")) {
    forget();
    drawRecent();
  }
  if (event.target.closest("[data-sound-toggle]")) {
    switchSound();
    drawSound();
  }
});

window.addEventListener("popstate", () => go(location.pathname + location.search, "stay"));
listenForWedge((code) => go(addressOf(code), "push"));
arrive(false);
