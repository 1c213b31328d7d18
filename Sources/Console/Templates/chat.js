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

  const address = document.getElementById("talk").dataset.events;

  // Whoever signed out or lost the agent sees nothing new here: what there is now is shown once, and how to look again.
  async function end() {
    try { await refresh(); } catch { /* the gateway is away */ }
    document.getElementById("over").hidden = false;
  }

  async function look() {
    let status = 0;
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      status = answer.status;
      await answer.body?.cancel();
    } catch { /* the gateway is away */ }
    if (status === 200) watch();
    else if ([204, 401, 403, 404].includes(status)) end();
    else setTimeout(look, 5000);
  }

  function watch() {
    const events = new EventSource(address);
    events.addEventListener("moved", refresh);
    events.addEventListener("open", refresh);
    events.addEventListener("heard", (event) => {
      live.hidden = false;
      live.firstElementChild.textContent += JSON.parse(event.data);
    });
    events.addEventListener("over", () => { events.close(); end(); });
    // A browser comes back by itself after a pause, but not after a refusal: that may pass.
    events.addEventListener("error", () => {
      if (events.readyState === EventSource.CLOSED) setTimeout(look, 5000);
    });
  }
  watch();

  const form = document.getElementById("write");
  form.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  document.getElementById("talk").lastElementChild?.scrollIntoView({ block: "end" });
})();
