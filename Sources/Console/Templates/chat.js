// Keeps a conversation up to date. Without it the page works too: one looks again.
"use strict";
(() => {
  const live = document.getElementById("live");
  let wanted = false, busy = false;

  async function refresh() {
    if (busy) { wanted = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.pathname, { credentials: "same-origin" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("talk");
        if (fresh) document.getElementById("talk").replaceChildren(...fresh.childNodes);
        live.hidden = true;
        live.firstElementChild.textContent = "";
      }
    } finally {
      busy = false;
      if (wanted) { wanted = false; refresh(); }
    }
  }

  function watch() {
    const events = new EventSource(document.getElementById("talk").dataset.events);
    events.addEventListener("moved", refresh);
    events.addEventListener("open", refresh);
    events.addEventListener("heard", (event) => {
      live.hidden = false;
      live.firstElementChild.textContent += JSON.parse(event.data);
    });
    // A browser comes back by itself after a pause, but not after a refusal.
    events.addEventListener("error", () => {
      if (events.readyState === EventSource.CLOSED) setTimeout(watch, 5000);
    });
  }
  watch();

  const form = document.getElementById("write");
  form.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  document.getElementById("talk").lastElementChild?.scrollIntoView({ block: "end" });
})();
