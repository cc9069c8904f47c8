// The desk works without this: it adds the live sum, hides what was not chosen, and goes to the errors.

function reconcile(section) {
  const sent = Number(section.dataset.reconcile);
  const inputs = ["received", "damaged", "missing"].map((name) => section.querySelector(`[name=${name}], [name^=${name}_]`));
  const line = section.querySelector("[data-sum]");
  const tell = () => {
    const total = inputs.reduce((sum, input) => sum + (Number.parseInt(input.value, 10) || 0), 0);
    const off = sent - total;
    line.dataset.state = off === 0 ? "good" : "bad";
    line.textContent =
      off === 0
        ? `Adds up: all ${sent} accounted for.`
        : off > 0
          ? `${off} of ${sent} not accounted for yet.`
          : `${-off} more than the ${sent} that were sent.`;
  };
  inputs.forEach((input) => input.addEventListener("input", tell));
  tell();
}

function chooseWay(section) {
  const parts = [...section.querySelectorAll("[data-way]")];
  const radios = [...section.querySelectorAll("input[name=way]")];
  const show = () => {
    const way = radios.find((radio) => radio.checked)?.value;
    parts.forEach((part) => {
      part.hidden = Boolean(way) && !part.dataset.way.split(" ").includes(way);
    });
  };
  radios.forEach((radio) => radio.addEventListener("change", show));
  show();
}

function signOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    form.classList.add("is-sent");
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    form.classList.remove("is-sent");
  });
}

/** What belongs to the choice that is made; the rest is out of the way. */
function showChosen(section) {
  const radios = [...section.querySelectorAll(`input[name=${section.dataset.choice}]`)];
  const show = () => {
    const chosen = radios.find((radio) => radio.checked)?.value;
    section.querySelectorAll("[data-when]").forEach((part) => {
      part.hidden = Boolean(chosen) && part.dataset.when !== chosen;
    });
  };
  radios.forEach((radio) => radio.addEventListener("change", show));
  show();
}

const GS = "\u001d";

/** A field that a scanner types into: its separators, which fields drop, are kept, and codes are counted. */
function takeScans(field) {
  const line = field.closest("section, form").querySelector("[data-scan-count]");
  const tell = () => {
    const codes = [...document.querySelectorAll("[data-scans]")].flatMap((one) => one.value.split("\n"));
    const count = codes.filter((code) => code.trim()).length;
    line.hidden = count === 0;
    line.textContent = `${count} ${count === 1 ? "code" : "codes"}.`;
  };
  field.addEventListener("keydown", (event) => {
    const separator = event.key === GS || event.key === "F8" || (event.ctrlKey && event.code === "BracketRight");
    if (!separator) return;
    event.preventDefault();
    field.setRangeText(GS, field.selectionStart, field.selectionEnd, "end");
  });
  field.addEventListener("input", tell);
  tell();
}

document.querySelectorAll("[data-choice]").forEach(showChosen);
document.querySelectorAll("[data-scans]").forEach(takeScans);
document.querySelectorAll("[data-reconcile]").forEach(reconcile);
document.querySelectorAll("[data-temperature]").forEach(chooseWay);
document.querySelectorAll(".signform").forEach(signOnce);
document.querySelector(".deskbar__tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.querySelector("[data-errors]")?.focus();
