(() => {
  "use strict";
  const root = document.documentElement;
  const exit = document.querySelector("[data-leave-url]");
  let presses = [];
  let moving = false;

  const hide = () => root.classList.add("left");

  const leave = () => {
    hide();
    const body = new FormData();
    body.append("csrfmiddlewaretoken", exit.dataset.leaveToken);
    navigator.sendBeacon(exit.dataset.leaveUrl, body);
    location.replace(exit.dataset.leaveTo || exit.href);
  };

  const choose = (event) => {
    const line = document.activeElement.closest(".line");
    const options = line ? line.querySelectorAll(".scale input") : [];
    const option = options[event.key - 1];
    if (!option || event.ctrlKey || event.altKey || event.metaKey) return;
    option.checked = true;
    option.focus();
    line.dispatchEvent(new Event("chosen"));
  };

  document.addEventListener("keydown", (event) => {
    moving = event.key.startsWith("Arrow");
    if (event.repeat) return;
    if (event.key !== "Shift") {
      presses = [];
      choose(event);
      return;
    }
    presses = [...presses.slice(-2), Date.now()];
    if (presses.length === 3 && presses[2] - presses[0] < 5000) leave();
  });
  document.addEventListener("pointerdown", () => { moving = false; });

  // Arrow keys pass over answers that are not meant: those wait until the person rests on one.
  document.addEventListener("change", ({ target }) => {
    const line = target.closest(".line");
    if (line) line.dispatchEvent(new Event(moving ? "moved" : "chosen"));
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const status = detail.elt.querySelector(".status");
    if (!status) return;
    const { saved, unsaved } = status.dataset;
    status.textContent = detail.successful ? saved : unsaved;
    status.classList.toggle("unsaved", !detail.successful);
  });

  if (exit) exit.addEventListener("click", (event) => { event.preventDefault(); leave(); });
  addEventListener("pagehide", hide);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
