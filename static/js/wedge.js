// A scanner that types: keys less than 50 ms apart that end in Enter or Tab are one scan, wherever the cursor is.

const FAST_MS = 50;
const LENGTH_MIN = 6;
const LENGTH_MAX = 4000;
const GS = "\u001d";
const SEARCH_KEYS = ["/", "'"]; // Some browsers open a search of their own at these.

/** Whether the key means GS, which scanners send as 0x1D, Ctrl+] or F8 (and Alt+029, see below). */
function meansSeparator(event) {
  if (event.key === GS || event.key === "F8") return true;
  return event.ctrlKey && !event.altKey && (event.code === "BracketRight" || event.key === "]");
}

/** The character that a key gives, "" for a key that gives none. */
function characterOf(event) {
  const altGraph = event.getModifierState("AltGraph");
  if (event.metaKey || ((event.ctrlKey || event.altKey) && !altGraph)) return "";
  return [...event.key].length === 1 ? event.key : "";
}

function isField(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** Put GS where the cursor is: a field drops it when it comes from a key. */
function insertSeparator() {
  const field = document.activeElement;
  if (!isField(field) || (field instanceof HTMLInputElement && field.type !== "text")) return;
  field.setRangeText(GS, field.selectionStart, field.selectionEnd, "end");
}

/** Call `onScan(text)` for each scan that a keyboard wedge types. */
export function listenForWedge(onScan) {
  let typed = "";
  let lastAt = -Infinity;
  let altDigits = "";

  function take(character, at) {
    typed = at - lastAt < FAST_MS ? typed + character : character;
    typed = typed.slice(0, LENGTH_MAX);
    lastAt = at;
  }

  function onCharacter(event, character) {
    take(character, event.timeStamp);
    const inScan = typed.length > 1 && !isField(event.target);
    if (inScan && SEARCH_KEYS.includes(character)) event.preventDefault();
  }

  function separate(event) {
    event.preventDefault();
    insertSeparator();
    take(GS, event.timeStamp);
  }

  function end(event) {
    const scan = event.timeStamp - lastAt < FAST_MS && typed.length >= LENGTH_MIN ? typed : "";
    typed = "";
    lastAt = -Infinity;
    if (!scan) return;
    // In our own field stands all that came, also after a pause; Enter sends its form as ever.
    const field = event.target.closest?.("[data-scan-input]");
    if (field && event.key === "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    onScan(field ? field.value : scan);
  }

  function onKeyDown(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" || event.key === "Tab") {
      end(event);
    } else if (meansSeparator(event)) {
      separate(event);
    } else if (event.altKey && /^[0-9]$/.test(event.key)) {
      event.preventDefault();
      altDigits += event.key;
      lastAt = event.timeStamp;
    } else {
      const character = characterOf(event);
      if (character) onCharacter(event, character);
    }
  }

  function onKeyUp(event) {
    if (event.key !== "Alt") return;
    if (/^0?29$/.test(altDigits)) separate(event);
    altDigits = "";
  }

  document.addEventListener("keydown", onKeyDown, true);
  document.addEventListener("keyup", onKeyUp, true);
}
