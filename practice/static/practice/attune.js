(() => {
  "use strict";

  document.querySelectorAll("[data-needs-script]").forEach((element) => { element.hidden = false; });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-print], [data-copy]");
    if (!button) return;
    if ("print" in button.dataset) window.print();
    else navigator.clipboard.writeText(button.dataset.copy).then(() => { button.textContent = button.dataset.copied; });
  });

  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector(".user-menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
