// Many packs in a run: each scan is asked about at once, and only problems are listed.
// Without this file the form works all the same: codes one on each line, then "Check them".

import { play } from "./sound.js";
import { listenForWedge } from "./wedge.js";

const WORST_FIRST = ["STOP", "CANNOT_CHECK", "SCAN_AGAIN", "CAUTION", "ALREADY_SCANNED_HERE", "OK"];
const GOOD = new Set(["OK", "ALREADY_SCANNED_HERE"]);
const HEADER = ["number", "verdict", "what to do", "reasons", "product", "lot", "serial", "read"];
const PATIENCE_MS = 20_000;

const form = document.querySelector("[data-run-form]");
const field = form.querySelector("[data-run-codes]");
const part = (name) => document.querySelector(`[data-run-${name}]`);
const rows = [];
let waiting = Promise.resolve();

function looks(verdict) {
  return document.querySelector(`template[data-run-look="${verdict}"]`);
}

function chip(verdict) {
  return looks(verdict).content.firstElementChild.cloneNode(true);
}

function element(tag, className, ...inner) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...inner);
  return made;
}

/** A cell of the file; none is run as a formula by a spreadsheet. */
function cell(value) {
  const text = String(value);
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function pictured(code) {
  return [...code].map((one) => (one < " " ? String.fromCharCode(0x2400 + one.charCodeAt(0)) : one)).join("");
}

function line(row) {
  const { number, verdict, sentence, reasons, product, lot, serial, code } = row;
  return [number, verdict, sentence, reasons.join(" "), product, lot, serial, pictured(code)].map(cell).join(",");
}

function drawTally() {
  const worst = WORST_FIRST.map((verdict) => [verdict, rows.filter((row) => row.verdict === verdict).length]);
  const items = worst.filter(([, count]) => count).map(([verdict, count]) =>
    element("li", "tally__one", chip(verdict), " ", element("strong", "", String(count))));
  part("tally").replaceChildren(...items);
  part("count").textContent = String(rows.length);
  const bad = rows.filter((row) => !GOOD.has(row.verdict)).length;
  part("do").textContent = bad ? `Look after the ${bad === 1 ? "pack" : `${bad} packs`} named below.` : "Go ahead: every check of every pack is good.";
  const file = [HEADER.join(","), ...rows.map(line), ""].join("\r\n");
  part("csv").href = `data:text/csv;charset=utf-8,${encodeURIComponent(file)}`;
}

function drawTrouble(row) {
  const what = element("p", "trouble__what");
  if (row.serial) what.append(element("span", "trouble__serial", row.serial), " · ");
  what.append(row.product || "Product not confirmed", row.lot ? ` · lot ${row.lot}` : "", " · ");
  what.append(element("code", "", row.reasons.join(", ")));
  if (!row.serial) what.append(document.createElement("br"), element("code", "", pictured(row.code)));
  const deed = element("p", "trouble__do", element("span", "trouble__number", String(row.number)), " ",
    chip(row.verdict), " ", element("strong", "", row.sentence));
  part("troubles").prepend(element("li", `trouble trouble--${row.verdict.toLowerCase()}`, deed, what));
}

function show(found) {
  part("answer").hidden = false;
  field.rows = 3; // room for the answers: each code leaves the field as it is checked
  for (const one of found) {
    const row = { ...one, number: rows.length + 1 };
    rows.push(row);
    if (!GOOD.has(row.verdict)) drawTrouble(row);
  }
  drawTally();
  const worst = WORST_FIRST.find((verdict) => found.some((one) => one.verdict === verdict));
  const first = found.find((one) => one.verdict === worst);
  part("said").textContent = `${rows.length}. ${looks(worst).dataset.word}. ${GOOD.has(worst) ? "" : first.sentence}`;
  play(worst);
}

/** The answers, signed, for the form that brings them back to have them on paper. */
function keep(report) {
  const kept = element("input", "");
  Object.assign(kept, { type: "hidden", name: "report", value: report });
  part("report").append(kept);
}

async function ask(codes) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const body = JSON.stringify({ codes });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(form.dataset.runApi, { method: "POST", headers, body, signal, credentials: "same-origin" });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  keep(said.report);
  show(said.results);
}

/** What could not be asked about goes back into the field: nothing that was scanned is lost. */
function giveBack(codes, why) {
  field.value = [...codes, field.value].filter(Boolean).join("\n");
  part("hint").textContent = `Not checked: ${why || "the server cannot be reached"}. The codes stand in the field.`;
  part("said").textContent = part("hint").textContent;
  play("CANNOT_CHECK");
}

function check(codes) {
  if (!codes.length) return;
  waiting = waiting.then(() => ask(codes)).catch((fault) => giveBack(codes, fault.name === "Error" ? fault.message : ""));
}

function linesOf(text) {
  return text.split(/\r?\n/).map((one) => one.replace(/^[ \t]+|[ \t\r]+$/g, "").replaceAll("\u241d", "\u001d")).filter(Boolean);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const codes = linesOf(field.value);
  field.value = "";
  field.focus();
  check(codes);
});

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

/** What a wedge typed: in the field stands all that came, also what came before a pause in it. */
listenForWedge((code) => {
  const codes = linesOf(field.value);
  if (document.activeElement !== field || !codes.at(-1)?.endsWith(code)) return check([code]);
  field.value = "";
  check(codes);
});

form.dataset.runReady = ""; // from here on each scan is taken whole
