// The last ten scans of this tab. They stay in the tab, and go when another party signs in.

const KEY = "unbroken.recent";
const KEPT = 10;

function owner() {
  return document.body.dataset.who ?? "";
}

function load() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return kept.owner === owner() && Array.isArray(kept.scans) ? kept.scans : [];
  } catch {
    return [];
  }
}

function save(scans) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ owner: owner(), scans }));
  } catch {
    // Without storage there is no list; the answer itself stands on the page.
  }
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function line(scan) {
  const link = element("a", "", "");
  link.href = scan.url;
  link.append(element("span", `chip chip--${scan.verdict.toLowerCase()}`, scan.word));
  link.append(element("span", "", scan.what));
  link.append(element("time", "", scan.at));
  const item = document.createElement("li");
  item.append(link);
  return item;
}

/** Put a scan on top of the list; the same address again replaces the line above. */
export function remember(scan) {
  const scans = load();
  if (scans[0]?.url === scan.url) scans.shift();
  save([scan, ...scans].slice(0, KEPT));
}

export function forget() {
  save([]);
}

/** Draw the list, where the page has a place for it. */
export function drawRecent() {
  const place = document.querySelector("[data-recent]");
  if (!place) return;
  const scans = load();
  place.querySelector("[data-recent-list]").replaceChildren(...scans.map(line));
  place.hidden = scans.length === 0;
}
