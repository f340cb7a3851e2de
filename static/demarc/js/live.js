// Live pages: one event stream while the tab is visible; polling while the stream is down.
// An element with data-live="network port" gets the event "live" when one of these kinds changed.
const body = document.body;
const POLL = 2000; // milliseconds between two polls of an unfinished change
const GATHER = 120; // milliseconds during which messages become one refresh
const RETRY = [2000, 60000]; // milliseconds until a refused stream is tried again, doubled each time

let stream = null;
let retry = 0;
let missed = false; // whether there was no stream for a while, which the next one cannot know
let wait = RETRY[0];
let kinds = new Set();
let gathering = 0;

// An element that is just fetching itself asks again later: it is replaced by what it fetches,
// and what it was told in between would be lost. htmx sets the class while a request runs.
// An element in which someone writes (data-hold) is left as it is: leaving it fetches it anew.
function renew(element) {
  if (element.querySelector("[data-hold]")) return true;
  if (element.classList.contains("htmx-request")) return false;
  htmx.trigger(element, "live");
  return true;
}

function refresh() {
  gathering = 0;
  const changed = kinds;
  kinds = new Set();
  for (const element of document.querySelectorAll("[data-live]")) {
    const mine = element.dataset.live.split(" ").filter((kind) => changed.has(kind));
    if (mine.length && !renew(element)) mine.forEach(told);
  }
}

function told(kind) {
  kinds.add(kind);
  gathering ||= setTimeout(refresh, GATHER);
}

function connect() {
  if (stream || document.hidden || !body.dataset.events) return;
  stream = new EventSource(body.dataset.events);
  stream.addEventListener("message", (event) => told(JSON.parse(event.data).kind));
  // What happened while no one listened is not told again. Before the first hello that is what
  // became of unfinished work since the page was written: a change may be done by now.
  stream.addEventListener("hello", (event) => {
    body.dataset.stream = "up";
    wait = RETRY[0];
    if (missed || event.data === "again") everything();
    else unfinished();
    missed = false;
  });
  stream.addEventListener("error", () => {
    body.dataset.stream = "down";
    if (stream.readyState !== EventSource.CLOSED) return;
    disconnect();
    missed = true;
    retry = setTimeout(connect, wait);
    wait = Math.min(2 * wait, RETRY[1]);
  });
}

function disconnect() {
  clearTimeout(retry);
  stream?.close();
  stream = null;
  body.dataset.stream = "down";
}

function unfinished() {
  for (const element of document.querySelectorAll("[data-poll]")) renew(element);
}

function everything() {
  for (const element of document.querySelectorAll("[data-live]")) {
    element.dataset.live.split(" ").forEach(told);
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) disconnect();
  else {
    connect();
    everything();
  }
});

// Unfinished work is also polled: slowly beside a stream, since messages may be lost.
let beats = 0;
setInterval(() => {
  beats += 1;
  if (document.hidden || (body.dataset.stream === "up" && beats % 5)) return;
  unfinished();
}, POLL);

addEventListener("pagehide", disconnect);
addEventListener("pageshow", connect);
connect();
