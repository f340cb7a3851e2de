// Menus, toasts, the keyboard, times, and what survives a swapped fragment.
const typing = (target) =>
  target.closest("input, textarea, select, [contenteditable]") !== null;

// -- menus and toasts ---------------------------------------------------------------------------

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.pop[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const close = event.target.closest("[data-close]");
  if (close) close.closest(close.dataset.close)?.remove();
  const fill = event.target.closest("[data-fill]");
  if (fill) {
    event.preventDefault();
    const input = document.getElementById(fill.dataset.fill);
    input.value = fill.dataset.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const said = copy.querySelector("span");
    navigator.clipboard
      ?.writeText(document.getElementById(copy.dataset.copy).textContent)
      .then(() => (said.textContent = "Copied"), () => (said.textContent = "Select it by hand"));
  }
  if (event.target.closest("[data-help]")) showHelp();
  if (event.target.closest("[data-print]")) print();
});

function scheduleToasts() {
  for (const toast of document.querySelectorAll(".toast-note[data-seconds]")) {
    setTimeout(() => toast.remove(), Number(toast.dataset.seconds) * 1000);
    delete toast.dataset.seconds;
  }
}

// -- keyboard -----------------------------------------------------------------------------------

function showHelp() {
  const help = document.querySelector("dialog.help");
  if (help && !help.open) help.showModal();
}

const keys = {
  n: () => document.querySelector("[data-key='n']")?.click(),
  e: () => document.querySelector("[data-key='e']")?.click(),
  "/": () => {
    const search = document.querySelector("[data-key='/']");
    if (search) search.select();
    else document.querySelector("[data-go='p']")?.click(); // the page that searches machines
  },
  "?": showHelp,
};
let going = 0; // until when the second key of "g n" counts, in milliseconds of the page's clock

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    closeMenus(null);
    if (typing(event.target)) event.target.blur();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (performance.now() < going) {
    going = 0;
    const item = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (item) {
      event.preventDefault();
      item.click();
      return;
    }
  }
  if (event.key === "g") going = performance.now() + 1500;
  else if (Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    keys[event.key]();
  }
});

// -- times --------------------------------------------------------------------------------------

const units = [
  [86400 * 365, "y"],
  [86400 * 30, "mo"],
  [86400, "d"],
  [3600, "h"],
  [60, "min"],
];

function relative(seconds) {
  if (seconds < 5) return "just now";
  for (const [size, unit] of units) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit} ago`;
  }
  return `${Math.floor(seconds)} s ago`;
}

function tick() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const text = relative((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
}

// -- swapped fragments --------------------------------------------------------------------------

const opened = new Set();

document.addEventListener("htmx:beforeSwap", (event) => {
  const sender = event.detail.requestConfig?.elt;
  opened.clear();
  for (const details of event.detail.target.querySelectorAll("details[id]")) {
    // A menu whose button was pressed has done its work.
    const used = sender?.matches("form") && sender.contains(details);
    if (details.open && !used) opened.add(details.id);
  }
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of opened) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
  scheduleToasts();
  tick();
  announce();
});

// An answer looks for its place beside the element that asked, which a live region may have replaced
// meanwhile; what it says to the person must not be lost with it.
document.addEventListener("htmx:oobErrorNoTarget", (event) => {
  document.getElementById(event.detail.content.id)?.replaceWith(event.detail.content);
  scheduleToasts();
});

// A swapped region is silent to screen readers; what matters in it is said when it changed.
const announced = () =>
  [...document.querySelectorAll("[data-announce]")].map((each) => each.textContent.trim()).join(" ");
let said = announced();

function announce() {
  const text = announced();
  const announcer = document.getElementById("announcer");
  if (announcer && text !== said) announcer.textContent = text;
  said = text;
}

// What a page is about may be gone by now; then its list is the place to be.
document.addEventListener("htmx:responseError", (event) => {
  const gone = event.detail.elt.dataset?.gone;
  if (event.detail.xhr.status === 404 && gone) location.assign(gone);
});

scheduleToasts();
setInterval(tick, 5000);

// On a narrow screen the menu is one line that scrolls: show where we are in it.
document
  .querySelector(".side [aria-current]")
  ?.scrollIntoView({ block: "nearest", inline: "center" });
