(() => {
  "use strict";
  const exit = document.querySelector("[data-leave-url]");
  let presses = [];
  let moving = false;

  const hide = () => document.documentElement.classList.add("left");

  const leave = () => {
    if (!exit) return;
    hide();
    const body = new FormData();
    body.append("csrfmiddlewaretoken", exit.dataset.leaveToken);
    body.append("beacon", "1");
    navigator.sendBeacon(exit.dataset.leaveUrl, body);
    location.replace(exit.dataset.leaveTo || exit.href);
  };

  const choose = (event) => {
    const line = document.activeElement.closest(".line");
    const option = line && line.querySelectorAll(".scale input")[event.key - 1];
    if (!option || event.ctrlKey || event.altKey || event.metaKey) return;
    option.focus();
    option.click();
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
    if (presses[2] - presses[0] < 5000) leave();
  });
  document.addEventListener("pointerdown", () => { moving = false; });

  // "None of these" is never ticked beside others; the server checks it too.
  const keepApart = (box) => {
    for (const other of box.closest(".line").querySelectorAll(":checked")) {
      if (other !== box && ("exclusive" in box.dataset || "exclusive" in other.dataset)) other.checked = false;
    }
  };

  // Arrow keys pass over answers nobody means: they wait until the person rests on one.
  document.addEventListener("change", ({ target }) => {
    const line = target.closest(".line");
    if (!line) return;
    if (target.checked) keepApart(target);
    line.dispatchEvent(new Event(moving ? "moved" : "chosen"));
  });

  // What is typed is saved in every pause, and not first when the field is left.
  document.addEventListener("input", ({ target }) => {
    if (target.matches("[type=text], [type=number], textarea") && target.closest(".line")) {
      target.closest(".line").dispatchEvent(new Event("moved"));
    }
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const status = detail.elt.querySelector(".status");
    if (!status) return;
    status.textContent = status.dataset[detail.successful ? "saved" : "unsaved"];
    status.classList.toggle("unsaved", !detail.successful);
  });

  if (exit) exit.onclick = (event) => { event.preventDefault(); leave(); };
  addEventListener("pagehide", hide);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
