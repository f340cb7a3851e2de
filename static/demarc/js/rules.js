// The grid of rules: moved by mouse and keyboard, one line edited at a time.
// All it does is press the buttons that a row has without scripts.
let dragged = null;

const row = (target) => target.closest?.("tr[data-rule]");

function press(line, act, fields = {}) {
  const form = line.querySelector(".row-acts form");
  const button = form?.querySelector(`button[name="do"][value="${act}"]`);
  if (!button) return;
  for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  button.click(); // htmx sends along the button that was clicked, not one that a script submits
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const act = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const line = act && row(event.target);
  if (!line) return;
  event.preventDefault();
  press(line, act);
});

// -- mouse --------------------------------------------------------------------------------------

function unmark() {
  for (const line of document.querySelectorAll(".drop-before, .drop-after")) {
    line.classList.remove("drop-before", "drop-after");
  }
}

const upper = (line, event) => {
  const { top, height } = line.getBoundingClientRect();
  return event.clientY < top + height / 2;
};

document.addEventListener("dragstart", (event) => {
  if (!event.target.matches?.(".handle")) return;
  dragged = row(event.target);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.rule);
  event.dataTransfer.setDragImage(dragged, 20, 20);
});
document.addEventListener("dragover", (event) => {
  const line = dragged && row(event.target);
  if (!line) return;
  event.preventDefault();
  unmark();
  if (line !== dragged) line.classList.add(upper(line, event) ? "drop-before" : "drop-after");
});
document.addEventListener("drop", (event) => {
  const line = dragged && row(event.target);
  if (!line) return;
  event.preventDefault();
  if (line === dragged) return;
  const [here, there] = upper(line, event) ? ["before", "after"] : ["after", "before"];
  press(dragged, "place", { [here]: line.dataset.rule, [there]: "" });
});
document.addEventListener("dragend", () => {
  dragged = null;
  unmark();
});

// -- editing ------------------------------------------------------------------------------------

document.addEventListener("htmx:beforeRequest", (event) => {
  const open = document.querySelector("[data-hold]");
  if (!open || !event.detail.elt.matches("[data-edit]")) return;
  event.preventDefault();
  open.querySelector("input:not([type=hidden])")?.focus();
});
document.addEventListener("htmx:afterSettle", () => {
  const open = document.querySelector("[data-hold]");
  if (open && !open.contains(document.activeElement)) {
    open.querySelector("input:not([type=hidden])")?.focus();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") event.target.closest?.("[data-hold]")?.querySelector("[data-leave]")?.click();
});
